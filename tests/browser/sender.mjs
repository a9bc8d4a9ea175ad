// sender - a page in Chromium behind a line of its own, with what the tests of uploads do there
//
//   const my = await sender(url, name, password, token, tmp, host)
//   my.page, my.line           the page, and the line it is behind (faults.mjs)
//   my.asked                   the kinds of dialogs there were, all of which are accepted
//   my.open(path)              goes there
//   my.form(files, conflict)   chooses the files in the form and presses Upload
//   my.drop(paths)             drops files and folders of the disk on the page, as a hand would
//   my.row(name), my.says(name, words)     that file's row; waits until it says so
//   my.uploaded(n)             waits until so many are said to be uploaded
//   my.press(name, row)        a button, in that row or anywhere
//   my.file(name, size)        a file on the disk of bytes that do not repeat: its path
//   my.folder(path), my.remove(path)    makes one, removes it for good
//   my.digests(folder)         {path: SHA-256} of what is in that folder at the server

import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { launch } from './browser.mjs';
import { lay } from './faults.mjs';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export async function sender(url, name, password, token, tmp, host = '127.0.0.1') {
  const browser = await launch();
  const line = await lay(new URL(url).port, host);
  const context = await browser.newContext({ locale: 'en' });
  const page = await context.newPage();
  const errors = [];
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => errors.push(error));
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    return dialog.accept();
  });
  const api = (path, asked = {}) => fetch(url + path, { ...asked, headers: { Authorization: `Bearer ${token}` } });

  await page.goto(line.url + '/user/signin');
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.locator('main button').click();
  await page.locator('nav a[href="/user/account"]').waitFor();

  const my = {
    browser, context, page, line, errors, asked, api,
    async open(path) {
      await page.goto(line.url + path);
      await page.locator('section.uploads').waitFor({ state: 'attached' });
    },
    async form(files, conflict = 'version') {
      await page.selectOption('#conflict', conflict);
      await page.setInputFiles('#file', files);
      await page.locator('form[enctype] button.primary').click();
    },
    async drop(paths) {
      const devtools = await context.newCDPSession(page);
      const data = { items: [], files: paths, dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'])
        await devtools.send('Input.dispatchDragEvent', { type, x: 200, y: 300, data });
      await devtools.detach();
    },
    row: (text) => page.locator('.uploads li').filter({ has: page.locator('.what').getByText(text, { exact: true }) }),
    says: (text, words) => my.row(text).locator('.state').filter({ hasText: words }).waitFor(),
    uploaded: (count) => page.locator('.uploads .how', { hasText: `${count} file${count === 1 ? ' is' : 's are'} uploaded` }).waitFor(),
    press: (text, row) => (row ? my.row(row) : page).getByRole('button', { name: row ? `${text} ${row}` : text, exact: true }).click(),
    file(path, size) {
      const bytes = createCipheriv('aes-128-ctr', sha256(path).slice(0, 16), Buffer.alloc(16)).update(Buffer.alloc(size));
      mkdirSync(dirname(`${tmp}/${path}`), { recursive: true });
      writeFileSync(`${tmp}/${path}`, bytes);
      return `${tmp}/${path}`;
    },
    async digests(folder) {
      const { id } = await (await api(`/file/query?id=${encodeURIComponent(folder)}`)).json();
      const text = await (await api(`/file/download?id=${id}&as=sha256`)).text();
      return Object.fromEntries(text.trim().split('\n').map((row) => [row.slice(row.indexOf('/') + 1), row.slice(0, 64)]));
    },
    folder: async (path) => {
      const parts = path.split('/');
      const body = new URLSearchParams({ action: 'folder', folder: parts.slice(0, -1).join('/') || '/', name: parts.at(-1) });
      return (await (await api('/file/update', { method: 'POST', body })).json()).id;
    },
    async remove(path) {
      const { id } = await (await api(`/file/query?id=${encodeURIComponent(path)}`)).json();
      await api('/file/delete', { method: 'POST', body: new URLSearchParams({ id, forever: 1 }) });
    },
    close: () => { line.close(); return browser.close(); },
  };
  return my;
}

// The same of files on the disk, below `root`.
export const digests_here = (root, paths) => Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(`${root}/${path}`))]));
