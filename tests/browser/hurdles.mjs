// hurdles - what is in the way of one upload, or of all for a while, costs no other one
//
//   node hurdles.mjs URL NAME PASSWORD TOKEN TMP OTHER ITS_TOKEN      exit 0 if every step shows what it should
//
// OTHER has the same password.

import { strict as assert } from 'node:assert';
import { copyFileSync } from 'node:fs';
import { MiB, digests_here, sender } from './sender.mjs';

const [url, name, password, token, tmp, other, its_token] = process.argv.slice(2);
const my = await sender(url, name, password, token, tmp);
const { page, context, line } = my;
const step = (title) => console.log(title);
const how = (text) => page.locator('.uploads .how').filter({ hasText: text }).waitFor();
const files = (title, count, size) => Array.from({ length: count }, (_, i) => my.file(`${title}/${i}.txt`, size));
const folder_page = async (path) => `/file/query?folder=${await my.folder(path)}`;
// All that are on the disk in `title` have come to the folder of that name, and none was said to have failed.
const all_there = async (title, count) => {
  await my.uploaded(count);
  const here = Array.from({ length: count }, (_, i) => `${title}/${i}.txt`);
  const wanted = Object.fromEntries(Object.entries(digests_here(tmp, here)).map(([path, digest]) => [path.slice(title.length + 1), digest]));
  const there = await my.digests(`/${title}`);
  assert.deepEqual(there, wanted);
  assert.equal(await page.locator('.uploads .failed').count(), 0);
};
const sign_in = async (page, name) => {
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.locator('form[action="/user/signin"] button').click();
  await page.locator('nav').getByRole('link', { name, exact: true }).waitFor();
};

// Whether it warns who leaves the page.
const warns = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));

step('a page of an error in the middle');
await my.open(await folder_page('/Errors'));
await my.folder('/Errors/There');
line.rate = MiB / 4;
await my.drop(files('Errors', 40, 20_000));
await how('on their way');
await page.locator('summary', { hasText: 'New folder' }).click();
await page.fill('details #name', 'There');
await page.getByRole('button', { name: 'Make' }).click();
await page.locator('h1', { hasText: 'Conflict' }).waitFor();
await how('40 files are on their way');
line.rate = Infinity;
await all_there('Errors', 40);

step('who signs out is asked, and it goes on when they are back');
await my.open(await folder_page('/Out'));
line.rate = MiB / 4;
await my.drop(files('Out', 40, 20_000));
await how('on their way');
my.asked.length = 0;
await page.getByRole('button', { name: 'Sign out' }).click();
await page.locator('h1', { hasText: 'Sign in' }).waitFor();
assert.deepEqual(my.asked, ['confirm']);
assert.equal(await page.locator('.uploads').isVisible(), false);
line.rate = Infinity;
await sign_in(page, name);
await all_there('Out', 40);

step('a session that is over');
await my.open(await folder_page('/Over'));
line.rate = 4 * MiB;
await my.drop([my.file('Over/0.txt', 8 * MiB)]);
await my.middle(2 * MiB);
await context.clearCookies({ name: 'coffer' });
line.cut();
line.rate = Infinity;
await how('1 file is unfinished');
await page.getByRole('link', { name: 'please sign in' }).waitFor();
await my.drop(Array.from({ length: 40 }, (_, i) => my.file(`Over/${i + 1}.txt`, 20_000)));
await how('41 files are unfinished');
await page.getByRole('link', { name: 'please sign in' }).click();
await page.locator('h1', { hasText: 'Sign in' }).waitFor();
await sign_in(page, name);
await all_there('Over', 41);

step('another one signs in beside it: nothing comes to their cloud');
await my.open(await folder_page('/Mine'));
const beside = await context.newPage();
await beside.goto(line.url + '/user/signin');
await sign_in(beside, other);
const large = my.file('large.bin', 2 * MiB);
await my.drop([large, ...files('Mine', 3, 100)]);
await how('4 files are unfinished');
const { entries } = await (await fetch(url + '/', { headers: { Authorization: `Bearer ${its_token}`, Accept: 'application/json' } })).json();
assert.deepEqual(entries, []);
await beside.goto(line.url + '/user/signin');
await sign_in(beside, name);
await beside.close();
await page.getByRole('link', { name: 'this form is not from your session' }).click();
await my.uploaded(4);
copyFileSync(large, `${tmp}/the same.bin`);
let before = line.up;
await my.drop([`${tmp}/the same.bin`]);
await my.uploaded(1);
assert.ok(line.up - before < MiB, 'a stale page has switched off that nothing is sent twice');

step('what digests did not come, once');
let lost = 1;
await context.route('**/upload/worker.js', (route) => lost-- > 0 ? route.abort() : route.continue());
await my.open(await folder_page('/Worker'));
await my.drop([my.file('first.bin', 2 * MiB)]);
await my.uploaded(1);
before = line.up;
copyFileSync(large, `${tmp}/once more.bin`);
await my.drop([`${tmp}/once more.bin`]);
await my.says('once more.bin', 'it was there already');
assert.ok(line.up - before < MiB, 'one worker that did not come has ended all looking');
await context.unroute('**/upload/worker.js');

step('one that cannot be read, and a folder that is long in coming');
await page.evaluate(() => {
  const { webkitGetAsEntry } = DataTransferItem.prototype;
  const come = new Promise((resolve) => { window.come = resolve; });
  DataTransferItem.prototype.webkitGetAsEntry = function () {
    const folder = webkitGetAsEntry.call(this), reader = folder.createReader();
    let calls = 0;
    folder.createReader = () => ({
      async readEntries(found, failed) {
        if (calls++) await come;
        reader.readEntries((some) => {
          for (const one of some)
            if (one.name === '1.txt') one.file = (found, failed) => failed(new DOMException('gone', 'NotFoundError'));
          found(some);
        }, failed);
      },
    });
    return folder;
  };
});
files('Tree', 4, 300);
await my.drop([`${tmp}/Tree`]);
await my.says('Tree/0.txt', 'uploaded');
await my.says('Tree/3.txt', 'uploaded');
await page.locator('.uploads .how', { hasText: 'on their way' }).waitFor();
assert.equal(await page.locator('tbody').getByText('Tree').count(), 0, 'the page is loaded again before all is read');
assert.ok(await warns(), 'nobody warns who leaves');
await page.evaluate(() => window.come());
await how('3 files are uploaded. 1 file could not be uploaded.');
await my.says('Tree/1.txt', 'can no longer be read');
await page.locator('tbody').getByText('Tree').waitFor();
await my.press('Try again', 'Tree/1.txt');
await my.says('Tree/1.txt', 'can no longer be read');
assert.deepEqual(Object.keys(await my.digests('/Worker')).filter((path) => path.startsWith('Tree/')), ['Tree/0.txt', 'Tree/2.txt', 'Tree/3.txt']);

step('the focus stays where it is, though the page is loaded again');
await my.open(await folder_page('/Focus'));
line.rate = MiB / 4;
await my.drop([my.file('small.txt', 100), my.file('slow.bin', MiB - 1)]);
await my.says('small.txt', 'uploaded');
await my.row('slow.bin').getByRole('button', { name: 'Pause' }).focus();
await page.keyboard.press('Enter');
await my.says('slow.bin', 'paused');
await page.locator('tbody').getByText('small.txt').waitFor();
const focused = () => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.tagName);
assert.equal(await focused(), 'Go on slow.bin');
assert.ok(await warns(), 'a small file that waits is lost without a word');
line.rate = Infinity;
await page.keyboard.press('Enter');
await page.locator('tbody').getByText('slow.bin').waitFor();
assert.equal(await focused(), 'Uploads');

step('a file is fetched meanwhile, and nobody is asked');
line.rate = MiB / 4;
await my.drop([my.file('slower.bin', MiB - 1)]);
await how('on its way');
my.asked.length = 0;
await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download small.txt' }).click()]);
assert.deepEqual(my.asked, []);
line.rate = Infinity;
await my.uploaded(1);

step('the folder is gone in the middle: another one is made');
await my.open(await folder_page('/Gone'));
await my.folder('/Gone/Away');
files('Away', 2, 100);
await context.route('**/file/upload?*name=1.txt*', async (route) => {
  await my.says('Away/0.txt', 'uploaded');
  await my.remove('/Gone/Away');
  await route.continue();
}, { times: 1 });
await my.drop([`${tmp}/Away`]);
await page.locator('.uploads .failed').waitFor();
await my.press('Try again', 'Away/1.txt');
await my.says('Away/1.txt', 'uploaded');

step('no room for a while: what has come is kept, until the list is cleared');
const full = (route) => route.request().method() === 'PATCH' && route.request().headers()['upload-offset'] !== '0'
  ? route.fulfill({ status: 507, contentType: 'application/problem+json', body: '{"detail":"the disk is full"}' }) : route.continue();
const half = async (title) => {
  await my.open(await folder_page(`/${title}`));
  line.rate = 4 * MiB;
  await my.drop([my.file(`${title}.bin`, 8 * MiB)]);
  await my.middle(4 * MiB);
  await context.route('**/file/resume/*', full);
  line.cut();
  line.rate = Infinity;
  await page.locator('.uploads .how', { hasText: 'could not be uploaded' }).waitFor();
};
await half('Kept');
await context.unroute('**/file/resume/*', full);
before = line.up;
await page.reload();
await my.uploaded(1);
assert.ok(line.up - before < 6 * MiB, 'what had come was forgotten');
await half('Cleared');
const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
await my.press('Clear the list');
assert.equal((await ended).status(), 204);
await context.unroute('**/file/resume/*', full);
await page.reload();
await page.locator('.uploads').waitFor({ state: 'attached' });
assert.equal(await page.locator('.uploads').isVisible(), false);

step('two pages leave a connection for a third');
line.rate = MiB / 2;
const second = await context.newPage();
await second.goto(line.url + '/file/upload');
await second.locator('section.uploads').waitFor({ state: 'attached' });
await second.setInputFiles('#file', [1, 2, 3].map((i) => my.file(`second ${i}.bin`, 8 * MiB)));
await second.locator('form[enctype] button.primary').click();
await my.drop([1, 2, 3].map((i) => my.file(`first ${i}.bin`, 8 * MiB)));
const sending = async () => (await Promise.all([page, second].map((one) => one.locator('.uploads .sending').count()))).reduce((a, b) => a + b);
while (await sending() < 3) await page.locator('.uploads li').first().waitFor();
await line.passed(4 * MiB);
const third = await context.newPage();
await third.goto(line.url + '/file/query?folder=trash', { timeout: 20_000 });
assert.equal(await sending(), 3);
await third.close();
line.rate = Infinity;
await my.uploaded(3);
await second.locator('h1', { hasText: 'Files' }).waitFor();
await second.close();

step('a server that is away for half a minute: few ask it, and nothing fails');
let asked = 0;
const open = new Set();
page.on('request', (request) => { if (request.method() === 'PUT') open.add(request) && asked++; });
for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => open.delete(request));
// The clock of the page goes on by so much once all that it has asked is answered.
const by = async (milliseconds, more) => {
  while (await more()) {
    await page.clock.runFor(milliseconds);
    while (open.size) await page.locator('.uploads').waitFor();
  }
};
const busy = { status: 503, headers: { 'Retry-After': '2' }, contentType: 'application/problem+json', body: '{"detail":"busy"}' };
const outages = {
  Busy: [() => context.route('**/file/upload?*csrf=*', (route) => route.fulfill(busy)), () => context.unroute('**/file/upload?*csrf=*')],
  Refused: [() => { line.state = 'refuses'; line.cut(); }, () => { line.state = 'works'; }],
};
await page.clock.install();
for (const [title, [begins, ends]] of Object.entries(outages)) {
  await my.open(await folder_page(`/${title}`));
  await begins();
  asked = 0;
  await my.drop(files(title, 200, 100));
  await how('200 files are on their way');
  let seconds = 30;
  await by(1000, () => seconds-- > 0);
  assert.ok(asked > 5 && asked < 16, `${asked} requests in an outage of half a minute`);
  await ends();
  await by(1000, () => page.locator('.uploads .how', { hasText: 'on their way' }).isVisible());
  await all_there(title, 200);
}

step('who says for ten minutes that it cannot has failed, and can be tried again');
await my.open(await folder_page('/Long'));
await outages.Busy[0]();
await my.drop(files('Long', 1, 100));
await how('1 file is on its way');
let minutes = 8;
await by(60_000, () => minutes-- > 0);
assert.equal(await page.locator('.uploads .failed').count(), 0);
await by(60_000, async () => !await page.locator('.uploads .failed').count());
await my.says('0.txt', 'busy');
await outages.Busy[1]();
await my.press('Try again', '0.txt');
await all_there('Long', 1);

step('how fast it goes is what was sent, not what was there already');
const rate = async (change) => {
  await page.clock.runFor(1000);
  return page.evaluate(async (change) => {
    const { measure_all } = await import('/upload/tally.js');
    measure_all([Object.assign(window.one ??= {}, change)], window.whole ??= {}, true);
    return window.whole.rate;
  }, change);
};
assert.equal(await rate({ state: 'sending', at: 0, size: 5e9, sent: 0 }), undefined);
const gone_on = await rate({ at: 4e9, sent: 1e6 });
assert.ok(gone_on > 0 && gone_on <= 1e6, `${gone_on} bytes a second`);
assert.ok(await rate({ state: 'done', at: 5e9 }) < gone_on);

await my.close();
assert.deepEqual(my.errors, []);
