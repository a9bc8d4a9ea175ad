// pages - what a person does, in a real browser with JavaScript off
//
//   node pages.mjs URL NAME PASSWORD SCREENSHOTS      exit 0 if every step shows what it should
//
// NAME has a one-time password. Screenshots of every page go to the folder SCREENSHOTS, at the
// width of a phone and of a desktop, light and dark.

import { strict as assert } from 'node:assert';
import { launch } from './browser.mjs';

const [url, name, password, folder] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ javaScriptEnabled: false, acceptDownloads: true });
const page = await context.newPage();
const complaints = [];
page.on('console', (message) => complaints.push(message.text()));
// A download ends the navigation that led to it, which counts as a failed request.
page.on('requestfailed', (request) => {
  if (!request.url().includes('/file/download')) complaints.push('failed: ' + request.url());
});

async function show(title) {
  for (const [width, height] of [[390, 800], [1280, 800]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/${title}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
}
const heading = () => page.textContent('h1');
const button = (text, scope = 'main') => page.locator(scope).getByRole('button', { name: text, exact: true });

// Signing in leads to where one wanted to go, but first to a password of one's own.
await page.goto(url + '/file/upload');
assert.equal(await heading(), 'Sign in');
await page.fill('#name', name);
await page.fill('#password', 'wrong');
await button('Sign in').click();
assert.match(await page.textContent('[role=alert]'), /wrong/);
await show('signin');
await page.fill('#password', password);
await button('Sign in').click();
assert.equal(await heading(), name);
await page.fill('#current', password);
await page.fill('#password', 'a better one');
await page.fill('#again', 'a better one');
await button('Change password').click();
assert.match(await page.textContent('[role=status]'), /changed/);

// An empty root, a folder, files in it whose names try to be more than names.
await page.click('text=Files');
assert.match(await page.textContent('main'), /Nothing here yet/);
await show('empty');
await page.click('summary');
await page.fill('#name', 'Holidays');
await button('Make').click();
await page.click('text=Holidays');
assert.equal(await heading(), 'Holidays');
await page.click('text=Upload here');
await show('upload');
const nasty = '<img src=x onerror=alert(1)>{{x}} \'"&.txt';
await page.setInputFiles('#file', [
  { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('first') },
  { name: nasty, mimeType: 'text/html', buffer: Buffer.from('<script>1</script>') },
  { name: '记录.txt', mimeType: 'text/plain', buffer: Buffer.from('x'.repeat(5000)) },
]);
await button('Upload').click();
assert.equal(await heading(), 'Holidays');
assert.equal(await page.locator('tbody tr').count(), 3);
assert.equal(await page.locator('td.name', { hasText: nasty }).count(), 1);
await show('folder');
await page.locator('thead').getByText('Size').click();
assert.match(await page.locator('tbody tr').last().textContent(), /记录/);

// Details, another name, a download under its own name, a new version and back.
await page.click('text=a.txt');
assert.equal(await page.locator('dd code').count(), 5);
await page.click('summary');
await page.fill('#name', 'b.txt');
await button('Rename').click();
await page.goto(url + '/file/upload?folder=/Holidays');
await page.setInputFiles('#file', { name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('second') });
await button('Upload').click();
await page.click('text=b.txt');
assert.equal(await page.locator('.versions li').count(), 1);
await show('entry');
await button('Bring back').click();
const [download] = await Promise.all([
  page.waitForEvent('download'),
  page.getByLabel('Download b.txt').click(),
]);
assert.equal(download.suggestedFilename(), 'b.txt');

// Several at once to the trash, one back, search, and a page that is not there.
await page.locator('tr', { hasText: 'b.txt' }).getByRole('checkbox').check();
await page.locator('tr', { hasText: '记录' }).getByRole('checkbox').check();
await button('Delete').click();
assert.equal(await page.locator('tbody tr').count(), 1);
await page.click('text=Trash');
assert.equal(await page.locator('tbody tr').count(), 2);
await show('trash');
await page.locator('tr', { hasText: 'b.txt' }).getByRole('checkbox').check();
await button('Restore').click();
await page.fill('#q', 'B.T');
await button('Search').click();
assert.equal(await page.locator('tbody tr').count(), 1);
await page.goto(url + '/file/query?id=424242');
assert.equal(await heading(), 'Not Found');
await show('error');
await page.goto(url + '/user/account');
await page.fill('#label', 'laptop');
await page.selectOption('#access', 'write');
await button('Make the token').click();
const token = await page.textContent('[role=status] code');
assert.match(token, /^[\w-]{43}$/);
await show('account');

// What it all takes, as a chart that is there without a script; and what was begun elsewhere.
const begun = await fetch(`${url}/file/resume?name=holiday.mov`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0', 'Upload-Length': '5000000' },
});
assert.equal(begun.status, 201);
await page.click('text=What the space is used for');
assert.equal(await heading(), 'Storage');
assert.match(await page.textContent('tbody'), /Trash/);
assert.match(await page.textContent('main'), /holiday.mov\s*0 B of 5.0 MB are here/);
await show('storage');
await button('Give up the upload of holiday.mov').click();
assert.equal(await heading(), 'Storage');
assert.doesNotMatch(await page.textContent('main'), /holiday.mov|Unfinished/);

// What was done is there to read.
await page.goto(url + '/user/activity');
assert.match(await page.textContent('main'), /Made the API token laptop/);
assert.doesNotMatch(await page.textContent('main'), / by\s*(\n|$)/);
await show('activity');

await page.click('text=Sign out');
await page.goto(url + '/');
assert.equal(await heading(), 'Sign in');
assert.deepEqual(complaints.filter((text) => !text.includes('404') && !text.includes('401')), []);
await browser.close();
