// live - what a person does with JavaScript on: the page stays, only what is in it changes
//
//   node live.mjs URL NAME PASSWORD      exit 0 if every step shows what it should

import { strict as assert } from 'node:assert';
import { launch } from './browser.mjs';

const [url, name, password] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
const page = await context.newPage();
const complaints = [];
page.on('console', (message) => complaints.push(message.text()));
page.on('pageerror', (error) => complaints.push(String(error)));
const button = (text) => page.locator('main').getByRole('button', { name: text, exact: true });
const rows = () => page.locator('tbody tr');
const row = (text) => page.locator('tbody tr', { hasText: text });
const heading = (text) => page.locator('h1', { hasText: text }).waitFor();

await page.goto(url + '/');
await page.fill('#name', name);
await page.fill('#password', password);
await button('Sign in').click();
await heading('Files');

// A mark on the window lives as long as the page does.
await page.evaluate(() => { window.mark = true; });
const stayed = async () => assert.equal(await page.evaluate(() => window.mark), true, 'the page was loaded anew');

// Folders, and back again; the heading is where the reader is.
await page.locator('summary', { hasText: 'New folder' }).click();
await page.fill('details #name', 'Photos & more');
await button('Make').click();
await row('Photos & more').getByRole('link', { name: 'Photos & more', exact: true }).click();
await heading('Photos & more');
assert.match(page.url(), /folder=\d+$/);
assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
assert.match(await page.title(), /^Photos & more/);
await page.goBack();
await heading('Files');
await page.goForward();
await heading('Photos & more');
await stayed();

// Files that are dropped come in, with what was there kept.
await page.evaluate(() => {
  const files = new DataTransfer();
  files.items.add(new File(['one'], 'one.txt'));
  files.items.add(new File(['two, longer'], 'two.txt'));
  dispatchEvent(Object.assign(new Event('drop', { cancelable: true }), { dataTransfer: files }));
});
await row('two.txt').waitFor();
assert.equal(await rows().count(), 2);
await page.getByRole('link', { name: 'Upload here' }).click();
await heading('Upload');
await page.setInputFiles('#file', [{ name: 'three.bin', mimeType: '', buffer: Buffer.alloc(300000) }]);
await button('Upload').click();
await row('three.bin').waitFor();
await page.getByRole('link', { name: 'Size' }).click();
await page.locator('th.size[aria-sort=ascending]').waitFor();
assert.match(await rows().first().textContent(), /one\.txt/);
await stayed();

// A digest to the clipboard.
await page.getByRole('link', { name: 'one.txt', exact: true }).click();
await heading('one.txt');
await page.getByRole('button', { name: 'Copy SHA-256' }).click();
await page.locator('button', { hasText: 'Copied' }).waitFor();
assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^7692c3ad3540bb80/);
await page.goBack();
await row('two.txt').waitFor();

// All at once to the trash, and for good only after a question.
await page.getByRole('checkbox', { name: 'Choose all' }).check();
await button('Delete').click();
await page.locator('.empty').waitFor();
await page.getByRole('link', { name: 'Trash' }).click();
await heading('Trash');
assert.equal(await rows().count(), 3);
const question = (answer) => page.once('dialog', (dialog) => dialog[answer]());
question('dismiss');
await button('Empty the trash').click();
assert.equal(await rows().count(), 3);
await row('two.txt').getByRole('checkbox').check();
question('accept');
await button('Delete for good').click();
await row('two.txt').waitFor({ state: 'detached' });
assert.equal(await rows().count(), 2);
await stayed();

// Another language, without a reload.
await page.getByRole('button', { name: '简体中文' }).click();
await heading('回收站');
assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-Hans');
await page.getByRole('button', { name: 'English' }).click();
await heading('Trash');
await stayed();

// No answer: a sentence, and the page as it was.
assert.deepEqual(complaints, []);
await context.setOffline(true);
question('accept');
await button('Empty the trash').click();
await page.locator('#failed').waitFor();
assert.equal(await rows().count(), 2);
await context.setOffline(false);
await page.getByRole('link', { name: 'Files' }).first().click();
await heading('Files');
assert.equal(await page.locator('#failed').isVisible(), false);
await stayed();

// Signing out is an answer like any other.
await page.getByRole('button', { name: 'Sign out' }).click();
await heading('Sign in');
await browser.close();
