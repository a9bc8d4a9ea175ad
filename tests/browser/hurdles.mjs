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
process.on('uncaughtException', async (e) => { console.log(String(e.stack).slice(0,1500)); console.log(await page.locator('main').innerText({timeout:2000}).catch(()=>0)); await page.screenshot({path:'/tmp/h1.png'}).catch(()=>0); process.exit(1); }); // DEBUG
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
await context.clearCookies({ name: 'coffer' });
await my.drop(files('Over', 40, 20_000));
await how('40 files are unfinished');
await page.getByRole('link', { name: 'please sign in' }).click();
await page.locator('h1', { hasText: 'Sign in' }).waitFor();
await sign_in(page, name);
await all_there('Over', 40);

step('another one signs in beside it: nothing comes to their cloud');
await my.open(await folder_page('/Mine'));
const beside = await context.newPage();
await beside.goto(line.url + '/user/signin');
await sign_in(beside, other);
const large = my.file('large.bin', 2 * MiB);
await my.drop([large, ...files('Mine', 3, 100)]);
await how('4 files are unfinished');
const { entries, usage } = await (await fetch(url + '/', { headers: { Authorization: `Bearer ${its_token}`, Accept: 'application/json' } })).json();
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
