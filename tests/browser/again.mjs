// again - what was sent once is not sent again: after a reload, and where the bytes are there
//
//   node again.mjs URL NAME PASSWORD TOKEN TMP SCREENSHOTS      exit 0 if every step shows what it should

import { strict as assert } from 'node:assert';
import { copyFileSync } from 'node:fs';
import { MiB, sender } from './sender.mjs';

const [url, name, password, token, tmp, screenshots] = process.argv.slice(2);
let my = await sender(url, name, password, token, tmp);
let { page, context, line, whole } = my;
const folder = await my.folder('/Brought');
const form = `/file/upload?folder=${folder}`;
let before;
const step = (title) => console.log(title);

step('a reload in the middle');
line.rate = 4 * MiB;
await my.open(form);
before = line.up;
await my.form([my.file('reload.bin', 20 * MiB)]);
await my.middle(5 * MiB);
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
await my.middle(40 * MiB);
await page.reload();
await my.says('huge.bin', 'choose the same file again');
await page.screenshot({ path: `${screenshots}/uploads-choose.png` });
const choose = async (path) => {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), my.press('Choose the file', 'huge.bin')]);
  await chooser.setFiles(path);
};
await choose(my.file('other.bin', 5000));
await my.says('huge.bin', 'the file has changed');
line.rate = 30 * MiB;
await choose(huge);
await whole(['huge.bin'], before, 72 * MiB);

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

step('a pause while it is looked at');
await my.open(form);
before = line.up;
await my.form(my.file('looked.bin', 200 * MiB));
await my.says('looked.bin', 'looking whether');
await my.press('Pause', 'looked.bin');
await my.says('looked.bin', 'paused');
await my.press('Remove', 'looked.bin');
await page.locator('.uploads').waitFor({ state: 'hidden' });
assert.ok(line.up - before < MiB);

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
({ page, context, line, whole } = my);
await my.open(form);
assert.equal(await page.evaluate(() => window.isSecureContext), false);
line.rate = 4 * MiB;
before = line.up;
await my.form(my.file('plain.bin', 12 * MiB));
await my.middle(4 * MiB);
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
