// uploads - what a person sees who brings files
//
//   node uploads.mjs URL NAME PASSWORD TOKEN TMP SCREENSHOTS      exit 0 if every step shows what it should
//
// A file may have 20 MB, and NAME 60 MB.

import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { digests_here, sender } from './sender.mjs';

const axe = readFileSync(createRequire(process.env.NODE_ROOT + '/').resolve('axe-core/axe.min.js'), 'utf8');
const [url, name, password, token, tmp, screenshots] = process.argv.slice(2);
const my = await sender(url, name, password, token, tmp);
const { page, context, line } = my;
const MiB = 1 << 20;
const step = (title) => console.log(title);
const how = (text) => page.locator('.uploads .how').filter({ hasText: text }).waitFor();

step('a tree of five hundred files, dropped on a folder');
const tree = Array.from({ length: 500 }, (_, i) => `tree/${i % 7 ? `part ${i % 7}/deeper ${i % 3}` : '记录'}/file ${i}.bin`);
tree.forEach((path, i) => my.file(path, i * 37 % 5000));
mkdirSync(`${tmp}/tree/nothing in it`);
const dropped = await my.folder('/Dropped');
await my.open(`/file/query?folder=${dropped}`);
await page.evaluate(() => {
  window.said = 0;
  new MutationObserver(() => window.said++).observe(document.querySelector('.uploads .how'), { childList: true });
});
const start = Date.now();
await my.drop([`${tmp}/tree`]);
await my.uploaded(500);
console.log(`${Date.now() - start} ms`);
assert.deepEqual(await my.digests('/Dropped'), digests_here(tmp, tree));
await page.locator('tbody tr', { hasText: 'tree' }).waitFor();
assert.ok(await page.evaluate(() => window.said) < 6, 'a screen reader hears too much');
assert.equal((await my.api(`/file/query?id=${encodeURIComponent('/Dropped/tree/nothing in it')}`)).status, 200);

step('the same again, with one file that is another now: the folders are those that are there');
my.file(tree[9], 333);
await my.drop([`${tmp}/tree`]);
await how(/on (its|their) way/);
await my.uploaded(500);
assert.deepEqual(await my.digests('/Dropped'), digests_here(tmp, tree));

step('a folder that is chosen, and another name where there is one');
await my.folder('/Chosen');
await my.open('/file/upload?folder=/Chosen');
await page.selectOption('#conflict', 'rename');
await page.getByRole('button', { name: 'Choose a folder' }).waitFor();
await page.setInputFiles('input[webkitdirectory]', `${tmp}/tree`);
await page.locator('h1', { hasText: 'Chosen' }).waitFor();
assert.deepEqual(await my.digests('/Chosen'), digests_here(tmp, tree));

step('what is wrong with a file is said beside it, and the others come in');
await my.folder('/Wrong');
await my.open('/file/upload?folder=/Wrong');
await my.form([my.file('good.txt', 10), my.file(' bad.txt', 10), my.file('large.bin', 21_000_000)]);
await my.says('good.txt', 'uploaded');
await my.says(' bad.txt', 'may not start with a space');
await my.says('large.bin', 'too large: a file may have 20');
await how('1 file is uploaded. 2 files could not be uploaded.');
await my.form([my.file('good.txt', 11), my.file('better.txt', 5)], 'fail');
await my.says('good.txt', 'exists');
await my.says('better.txt', 'uploaded');
await my.form([1, 2, 3, 4].map((i) => my.file(`${i} of four.bin`, 18_000_000)));
await page.locator('.uploads .failed .state').filter({ hasText: /no room|quota/ }).first().waitFor();
assert.equal(await page.locator('.uploads .failed').count() >= 3, true);
await page.locator('.uploads .how', { hasText: 'could not' }).waitFor();
await page.getByRole('button', { name: 'Clear the list' }).click();
await page.locator('.uploads').waitFor({ state: 'hidden' });
await my.remove('/Wrong');

step('nobody sees what another one brings');
await page.emulateMedia({ reducedMotion: 'reduce' });
line.rate = 2 * MiB;
await my.folder('/Mine');
await my.open('/file/upload?folder=/Mine');
await my.form([my.file('mine.bin', 5 * MiB), my.file('also mine.bin', 4 * MiB)]);
await line.passed(MiB);
line.rate = MiB / 8;
await my.press('Pause all');
await how('2 files are unfinished.');
const other = await context.newPage();
await other.goto(line.url);
await other.locator('.uploads').waitFor({ state: 'attached' });
assert.equal(await other.locator('.uploads').isVisible(), false, 'two pages go on with one upload');
await other.close();
await page.getByRole('button', { name: 'Sign out' }).click();
await page.locator('h1', { hasText: 'Sign in' }).waitFor();
assert.equal((await page.textContent('body')).includes('mine.bin'), false);
await page.fill('#name', name);
await page.fill('#password', password);
await page.locator('form[action^="/user/signin"] button').click();
await how('2 files are unfinished.');
await my.press('Go on with all');
await how('2 files are on their way');
await my.press('Pause all');
await how('2 files are unfinished.');

step('a list with all that it can say');
await my.open('/file/upload?folder=/Mine');
await my.press('Pause', 'mine.bin');
await my.form([my.file('done.txt', 20), my.file('Holiday pictures of a summer with a very long name, which goes on and on.jpg', 20), my.file(' refused.txt', 5), my.file('large.bin', 21_000_000)]);
await my.says('done.txt', 'uploaded');
line.rate = MiB / 8;
await my.says(' refused.txt', 'start');
for (const [lang, button] of [['zh-Hans', '简体中文'], ['en', 'English']]) {
  await page.getByRole('button', { name: button }).click();
  await page.locator(`html[lang=${lang}]`).waitFor();
  await page.locator('.uploads summary').evaluate((summary) => { summary.parentElement.open = true; });
  await page.locator('.uploads li').first().waitFor();
  await page.evaluate(axe);
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
      assert.deepEqual(violations.map((found) => [found.id, found.nodes.map((node) => node.html)]), []);
      await page.screenshot({ path: `${screenshots}/uploads-${lang}-${width}-${colorScheme}.png`, fullPage: true });
    }
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    for (const row of await page.locator('.uploads li').all()) {
      const [{ height }, name] = [await row.boundingBox(), await row.locator('.what').boundingBox()];
      assert.ok(height < 240 && name.width > 200, `at ${width} px a row is ${height} px high, and its name has ${name.width}`);
    }
  }
}
await my.press('Remove', 'mine.bin');
await my.press('Remove', 'also mine.bin');
await page.locator('.uploads .what', { hasText: 'mine.bin' }).first().waitFor({ state: 'detached' });
line.rate = Infinity;
await page.reload();
assert.equal(await page.locator('.uploads').isVisible(), false);

await my.close();
assert.deepEqual(my.errors, []);
