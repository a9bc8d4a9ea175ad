// badline - files arrive in spite of the line, and nothing is sent that need not be
//
//   node badline.mjs URL NAME PASSWORD TOKEN TMP SCREENSHOTS      exit 0 if every step shows what it should

import { strict as assert } from 'node:assert';
import { copyFileSync } from 'node:fs';
import { digests_here, sender } from './sender.mjs';

const [url, name, password, token, tmp, screenshots] = process.argv.slice(2);
let my = await sender(url, name, password, token, tmp);
let { page, context, line } = my;
const MiB = 1 << 20;
let arrived = 0;

// All that has been brought is at the server as it is here; at most `most` bytes went up for it.
async function whole(files, before, most) {
  await my.uploaded(files.length);
  assert.ok(line.up - before <= most, `${line.up - before} bytes went up for ${most}`);
  const there = await my.digests('/Bad');
  const here = digests_here(tmp, files);
  for (const file of files) assert.equal(there[file], here[file], file);
  arrived += files.length;
  assert.equal(Object.keys(there).length, arrived);
  await page.locator('h1', { hasText: 'Bad' }).waitFor();
}
const folder = await my.folder('/Bad');
const form = `/file/upload?folder=${folder}`;
const step = (title) => console.log(title);

// The middle of an upload lasts as long as one needs it.
async function middle(bytes) {
  await line.passed(bytes);
  line.rate = MiB / 8;
}

step('a slow line: how far, how fast, how long');
await my.open(form);
line.rate = 4 * MiB;
let before = line.up;
await my.form([my.file('slow.bin', 12 * MiB), my.file('small.txt', 5000)]);
await my.says('slow.bin', /MB of 12\.6 MB · .*B\/s · .* (sec|min) left/);
assert.ok(await my.row('slow.bin').locator('progress').evaluate((bar) => bar.value > 0 && bar.value < 1));
await page.screenshot({ path: `${screenshots}/uploads-slow.png` });
await whole(['slow.bin', 'small.txt'], before, 12.5 * MiB);

step('a line that breaks, twice');
await my.open(form);
before = line.up;
await my.form(my.file('cut.bin', 12 * MiB));
await line.passed(4 * MiB);
line.cut();
await my.says('cut.bin', 'tries again');
await line.passed(3 * MiB);
line.cut();
await whole(['cut.bin'], before, 13.5 * MiB);

step('nobody there for a while');
await my.open(form);
before = line.up;
await my.form(my.file('gone.bin', 8 * MiB));
await line.passed(2 * MiB);
line.state = 'refuses';
line.cut();
await my.says('gone.bin', 'tries again');
line.state = 'works';
await my.press('Try again', 'gone.bin');
await whole(['gone.bin'], before, 9 * MiB);

step('an answer that is lost: nothing comes in twice');
for (const [file, size, conflict, method] of [['once.txt', 5000, 'version', 'PUT '], ['one.txt', 5000, 'rename', 'PATCH '], ['once.bin', 2 * MiB, 'fail', 'PATCH ']]) {
  await my.open(form);
  before = line.up;
  line.loses = method;
  await my.form(my.file(file, size), conflict);
  await whole([file], before, size + MiB / 2);
  const { versions } = await (await my.api(`/file/query?id=/Bad/${file}`)).json();
  assert.deepEqual(versions, []);
  assert.equal(line.loses, '');
}

step('a line on which nothing moves');
await my.open(form);
before = line.up;
line.rate = 8 * MiB;
await my.form(my.file('stands.bin', 16 * MiB));
await line.passed(2 * MiB);
line.state = 'stands';
await my.says('stands.bin', 'tries again');
line.state = 'works';
await whole(['stands.bin'], before, 17 * MiB);
line.rate = 4 * MiB;

step('no line at all, and it knows');
await my.open(form);
before = line.up;
await my.form(my.file('off.bin', 8 * MiB));
await middle(2 * MiB);
await context.setOffline(true);
line.cut();
await my.says('off.bin', 'waiting for the line');
await page.locator('.uploads .how', { hasText: 'no connection' }).waitFor();
line.rate = 4 * MiB;
await context.setOffline(false);
await whole(['off.bin'], before, 9 * MiB);

step('a pause');
await my.open(form);
before = line.up;
await my.form(my.file('pause.bin', 8 * MiB));
await middle(2 * MiB);
await my.press('Pause', 'pause.bin');
await my.says('pause.bin', 'paused');
await page.locator('.uploads .how', { hasText: '1 file is unfinished.' }).waitFor();
line.rate = 4 * MiB;
await page.keyboard.press('Enter'); // the focus is on what takes the place of the button
await whole(['pause.bin'], before, 9 * MiB);

step('a reload in the middle');
await my.open(form);
before = line.up;
await my.form([my.file('reload.bin', 20 * MiB)]);
await middle(5 * MiB);
await page.reload();
assert.ok(my.asked.includes('beforeunload'), 'nobody warns who leaves');
await my.says('reload.bin', 'MB of');
line.rate = 8 * MiB;
await whole(['reload.bin'], before, 21 * MiB);

step('a reload, and the file is to be chosen again');
await my.open(form);
before = line.up;
const huge = my.file('huge.bin', 70 * MiB);
line.rate = 30 * MiB;
await my.form(huge);
await middle(40 * MiB);
await page.reload();
await my.says('huge.bin', 'choose the same file again');
await page.screenshot({ path: `${screenshots}/uploads-choose.png` });
const [chooser] = await Promise.all([page.waitForEvent('filechooser'), my.press('Choose the file', 'huge.bin')]);
line.rate = 30 * MiB;
await chooser.setFiles(huge);
await whole(['huge.bin'], before, 72 * MiB);

step('the server is busy, and says for how long');
await my.open(form);
line.rate = Infinity;
let busy = 2;
await context.route('**/file/upload?*', (route) => route.request().method() === 'PUT' && busy-- > 0
  ? route.fulfill({ status: 503, headers: { 'Retry-After': '1' }, contentType: 'application/problem+json', body: '{"detail":"busy"}' })
  : route.continue());
await my.form(my.file('busy.bin', 5000));
await my.says('busy.bin', 'tries again');
await whole(['busy.bin'], line.up, MiB);
assert.equal(busy, -1);
await context.unroute('**/file/upload?*');

step('one walks on meanwhile');
line.rate = 4 * MiB;
await my.open(form);
before = line.up;
await my.form(my.file('walk.bin', 8 * MiB));
await middle(2 * MiB);
await page.getByRole('link', { name: 'Trash' }).click();
await page.locator('h1', { hasText: 'Trash' }).waitFor();
await page.locator('.uploads .numbers', { hasText: 'MB of' }).waitFor();
assert.equal(await page.locator('.uploads li').count(), 0);
line.rate = 4 * MiB;
await my.uploaded(1);
await page.locator('.uploads').getByRole('link', { name: 'To your files' }).click();
await page.locator('h1', { hasText: 'Bad' }).waitFor();
await whole(['walk.bin'], before, 9 * MiB);

step('what is there already is not sent');
line.rate = Infinity;
await my.open(form);
before = line.up;
await my.form(my.file('twice.bin', 20 * MiB));
await whole(['twice.bin'], before, 21 * MiB);
copyFileSync(`${tmp}/twice.bin`, `${tmp}/again.bin`);
await my.open(form);
before = line.up;
await my.form([`${tmp}/again.bin`, my.file(' refused.txt', 5)]);
await my.says('again.bin', 'it was there already');
assert.ok(line.up - before < MiB, `${line.up - before} bytes went up for nothing`);
await my.press('Clear the list');
await my.open(`/file/query?folder=${folder}`);
before = line.up;
await my.drop([`${tmp}/again.bin`]);
await whole(['again.bin'], before, MiB);

step('without what digests all is sent');
await context.route('**/vendor/sha256.js', (route) => route.abort());
await my.open(form);
before = line.up;
await my.form(my.file('bare.bin', 2 * MiB));
await whole(['bare.bin'], before, 3 * MiB);
await context.unroute('**/vendor/sha256.js');

await my.close();
assert.deepEqual(my.errors, []);

step('on plain HTTP, where a browser has less: one button, and it goes on');
my = await sender(url, name, password, token, tmp, 'coffer.test');
({ page, context, line } = my);
await my.open(form);
assert.equal(await page.evaluate(() => window.isSecureContext), false);
line.rate = 4 * MiB;
before = line.up;
await my.form(my.file('plain.bin', 12 * MiB));
await middle(4 * MiB);
await page.reload();
await my.says('plain.bin', 'paused');
line.rate = 4 * MiB;
await my.press('Go on', 'plain.bin');
await whole(['plain.bin'], before, 13 * MiB);
copyFileSync(`${tmp}/plain.bin`, `${tmp}/plain again.bin`);
await my.open(form);
before = line.up;
await my.form(`${tmp}/plain again.bin`);
await whole(['plain again.bin'], before, MiB);

await my.close();
assert.deepEqual(my.errors, []);
