// script - what users bring is not run: files full of script, looked at in a browser that runs it
//
//   node script.mjs URL NAME PASSWORD TOKEN PICTURES     exit 0 if nothing ran
//
// NAME has a one-time password. PICTURES is a folder that endpoint/pictures.py has filled. Each
// file tries to change the title and the name of its window, to open a dialog and to call a server
// of ours; that server also serves the same files as their authors would, and there they do.

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [url, name, password, token, pictures] = process.argv.slice(2);
const { chromium } = createRequire(process.env.NODE_ROOT + '/')('playwright-core');

// The server that is called: what for, and by whom it was waited for.
const calls = [];
let waiting = () => {};
const own = new Map();
const server = createServer((request, response) => {
  const [type, body] = own.get(request.url) ?? ['text/plain', ''];
  if (!own.has(request.url)) {
    calls.push(request.url);
    waiting();
  }
  response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' }).end(body);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const home = `http://127.0.0.1:${server.address().port}`;

// What each file runs, under its own name.
const run = (file) =>
  `document.title='ran';window.name='ran';fetch('${home}/call/${file}');` +
  `try{parent.postMessage('ran','*')}catch(e){};alert('ran')`;
const html = (file) => `<!doctype html><title>t</title><script>${run(file)}</script>` +
  `<img src="${home}/call/${file}/img" onerror="${run(file)}"><iframe src="javascript:${run(file)}"></iframe>` +
  `<link rel="stylesheet" href="${home}/call/${file}/css"><meta http-equiv="refresh" content="0;url=${home}/call/${file}/meta">`;
const cdata = (file) => `<![CDATA[${run(file)}]]>`;
const picture = (kind) => readFileSync(`${pictures}/small.${kind}`);
const both = (kind, file) => Buffer.concat([picture(kind), Buffer.from('\n-->*/' + html(file))]);
const action = (file) => `<</OpenAction<</S/JavaScript/JS(app.launchURL("${home}/call/${file}",true);app.alert("ran"))>>/Type`;
const files = {
  'page.html': ['text/html', html('page.html')],
  'drawing.svg': ['image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('${home}/call/drawing.svg')">` +
    `<script>${cdata('drawing.svg')}</script><image href="${home}/call/drawing.svg/image" width="9" height="9"/></svg>`],
  'page.xml': ['application/xml', `<?xml version="1.0"?><?xml-stylesheet href="${home}/call/page.xml/xsl"?>` +
    `<html xmlns="http://www.w3.org/1999/xhtml"><script>${cdata('page.xml')}</script></html>`],
  'page.xhtml': ['application/xhtml+xml', `<html xmlns="http://www.w3.org/1999/xhtml"><script>${cdata('page.xhtml')}</script></html>`],
  'mail.mht': ['multipart/related', `MIME-Version: 1.0\nContent-Type: text/html\n\n${html('mail.mht')}`],
  'script.js': ['text/javascript', run('script.js')],
  'script.pdf': ['application/pdf', picture('pdf').toString('latin1').replace('<</Type', action('script.pdf'))],
  'both.gif': ['text/html', both('gif', 'both.gif')],
  'gif.html': ['text/html', both('gif', 'gif.html')],
  'jpg.html': ['text/html', both('jpg', 'jpg.html')],
  'png.svg': ['text/html', both('png', 'png.svg')],
  'pdf.html': ['text/html', both('pdf', 'pdf.html')],
  'webp.xhtml': ['text/html', both('webp', 'webp.xhtml')],
  // A picture whose bytes are also a program: GIF89a = a variable's name.
  'gif.js': ['text/javascript', `GIF89a=1;${run('gif.js')}`],
};
const ids = {};
for (const [file, [type, body]] of Object.entries(files)) {
  own.set('/' + file, [type, body]);
  const put = await fetch(`${url}/file/upload?name=${file}`, {
    method: 'PUT', body, headers: { Authorization: `Bearer ${token}`, 'Content-Type': type },
  });
  assert.equal(put.status, 201);
  ids[file] = (await put.json()).id;
}

const dialogs = [];
async function open_browser() {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update'],
  });
  const page = await browser.newPage({ javaScriptEnabled: true, acceptDownloads: true });
  page.on('dialog', (dialog) => {
    dialogs.push(page.url());
    return dialog.dismiss().catch(() => {}); // it may have gone with its page
  });
  return [browser, page];
}

// Where they are let, they run. What they have done to that browser stays with it.
const [theirs, control] = await open_browser();
for (const file of ['page.html', 'drawing.svg', 'page.xml', 'page.xhtml', 'gif.html']) {
  const called = new Promise((resolve) => (waiting = resolve));
  await control.goto(`${home}/${file}`).catch(() => {});
  await called;
}
assert.ok(dialogs.length > 0);
assert.ok(calls.includes('/call/drawing.svg') && calls.includes('/call/page.xhtml'));
await theirs.close();
calls.length = dialogs.length = 0;

const [browser, page] = await open_browser();
await page.goto(url + '/user/signin');
await page.fill('#name', name);
await page.fill('#password', password);
await page.press('#password', 'Enter');
await page.waitForSelector('#current');
await page.fill('#current', password);
await page.fill('#password', 'a better one');
await page.fill('#again', 'a better one');
await page.press('#again', 'Enter');
await page.waitForSelector('[role=status]');

// Each file at each of its addresses: as a page, and in every element of a page of ours that would
// load it, which has no policy of its own and reports what its frames tell it.
const addresses = (id) => ['/file/download?id=', '/file/preview?id=', '/file/preview?size=small&id=', '/file/query?id=']
  .map((address) => url + address + id);
await page.route(url + '/embed*', (route) => {
  const id = new URL(route.request().url()).searchParams.get('id');
  const elements = addresses(id).map((address) => address.replaceAll('&', '&amp;')).map((address) =>
    `<img src="${address}"><iframe src="${address}"></iframe><object data="${address}"></object>` +
    `<embed src="${address}"><script src="${address}"></script><link rel="stylesheet" href="${address}">` +
    `<video src="${address}"></video>`);
  const body = `<!doctype html><title>t</title><script>onmessage=(e)=>{if(e.data==='ran')document.title='ran'}</script>${elements}`;
  return route.fulfill({ contentType: 'text/html', body });
});
let looked = 0;
async function look(address) {
  // A download is no page, and says so by an error.
  await page.goto(address).catch((error) => assert.match(String(error), /Download is starting|ERR_ABORTED/));
  assert.notEqual(await page.title(), 'ran', address);
  assert.notEqual(await page.evaluate(() => window.name), 'ran', address);
  looked++;
}
for (const [file, id] of Object.entries(ids)) {
  for (const address of addresses(id)) await look(address);
  await look(`${url}/embed?id=${id}`);
  assert.deepEqual(dialogs, [], file);
}

// What is said last comes last: after this call no earlier one is on its way.
const last = new Promise((resolve) => (waiting = resolve));
await page.goto(home + '/last').catch(() => {});
await last;
assert.deepEqual(calls.filter((call) => call.startsWith('/call/')), []);
console.log(`${looked} looks at ${Object.keys(ids).length} files, and nothing ran`);
await browser.close();
server.close();
