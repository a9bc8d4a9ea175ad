// person - somebody who uses the pages, in one of three ways that a scenario does not tell apart
//
//   open(path)                      goes to an address of ours
//   follow(name)                    follows the link of that name
//   press(name, fields, near)       fills the form of that button and presses it: the first one, or
//                                   that in the row or item that says `near`. `choose` are the
//                                   names of entries to choose, `file` files: {name, text}
//   take(name, fields)              follows or presses it and gets a file: {name, bytes}
//   see(text), miss(text)           waits until the page says it, or no more, or fails
//   text()                          all that the page says
//
// In a browser names are what a screen reader says. With curl alone a page is its text: its links
// and forms are read out of it, and sent as it says.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';

export async function withBrowser(browser, url, javaScriptEnabled) {
  const context = await browser.newContext({ javaScriptEnabled, acceptDownloads: true, locale: 'en' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('dialog', (dialog) => dialog.accept());
  const link = (name) => page.getByRole('link', { name, exact: true }).first();

  // The button, in a form that is filled; what is folded away is opened first.
  async function ready(name, fields, near) {
    const around = near ? page.locator('tr, li').filter({ hasText: near }) : page.locator('body');
    const button = around.getByRole('button', { name, exact: true, includeHidden: true }).first();
    await button.waitFor({ state: 'attached' });
    const folded = button.locator('xpath=ancestor::details[not(@open)]/summary');
    if (await folded.count()) await folded.click();
    const form = button.locator('xpath=ancestor::form');
    for (const [field, value] of Object.entries(fields)) {
      const control = form.locator(`[name="${field}"]`);
      if (field === 'choose')
        for (const entry of value) await form.getByRole('checkbox', { name: `Choose ${entry}`, exact: true }).check();
      else if (field === 'file')
        await control.setInputFiles(value.map((file) => ({ name: file.name, mimeType: 'text/plain', buffer: Buffer.from(file.text) })));
      else if (await form.locator(`select[name="${field}"]`).count()) await control.selectOption(value);
      else await control.fill(value);
    }
    return button;
  }
  return {
    open: (path) => page.goto(url + path),
    follow: (name) => link(name).click(),
    press: async (name, fields = {}, near = '') => (await ready(name, fields, near)).click(),
    async take(name, fields) {
      const target = fields ? await ready(name, fields) : link(name);
      const [download] = await Promise.all([page.waitForEvent('download'), target.click()]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    },
    see: (text) => page.locator('body').filter({ hasText: text }).waitFor(),
    miss: (text) => page.locator('body').filter({ hasText: text }).waitFor({ state: 'detached' }),
    text: () => page.textContent('body'),
    close: () => context.close(),
  };
}

const decode = (text) => text.replace(/&(lt|gt|amp|quot|apos|#x?[0-9a-f]+);/gi, (all, name) => ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name]
  ?? String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : +name.slice(1)));
const said = (html) => decode(html.replace(/<(title|script|style)\b.*?<\/\1>|<[^>]*>/gs, '')).replace(/\s+/g, ' ').trim();

// The elements with that tag, with their attributes, what they hold, and what they are called.
const elements = (html, tag) => [...html.matchAll(new RegExp(`<${tag}\\b((?:[^>"]|"[^"]*")*)>(?:(.*?)</${tag}>)?`, 'gs'))].map(([, head, inner = '']) => {
  const attributes = Object.fromEntries([...head.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = '']) => [name, decode(value)]));
  return { ...attributes, inner, called: attributes['aria-label'] ?? said(inner) };
});
const controls = (html) => [...html.matchAll(/<input\b(?:[^>"]|"[^"]*")*>/g)].flatMap(([text]) => elements(text, 'input'));

export function withCurl(url, folder) {
  const home = mkdtempSync(`${folder}/curl-`);
  let at, html;

  function curl(...args) {
    const out = execFileSync('curl', ['-sSL', '-b', `${home}/jar`, '-c', `${home}/jar`, '-H', 'Accept: text/html',
      '-o', `${home}/body`, '-D', `${home}/headers`, '-w', '%{url_effective}', '--max-redirs', '5', ...args], { encoding: 'utf8' });
    return { at: new URL(out), headers: readFileSync(`${home}/headers`, 'utf8'), bytes: readFileSync(`${home}/body`) };
  }
  function show(answer) {
    at = answer.at;
    html = answer.bytes.toString();
  }
  function found(list, name) {
    const element = list.find((one) => one.called === name);
    assert.ok(element, `nothing on the page is called '${name}': ${said(html)}`);
    return element;
  }

  // What curl is told so that it sends the form of that button.
  function form(name, fields, near) {
    const part = near ? [...html.matchAll(/<(tr|li)\b.*?<\/\1>/gs)].map(([text]) => text).find((text) => said(text).includes(near)) : html;
    const inside = elements(part, 'form').find((one) => elements(one.inner, 'button').some((button) => button.called === name));
    assert.ok(inside, `no form on the page has the button '${name}': ${said(html)}`);
    const button = found(elements(inside.inner, 'button'), name);
    const left = { ...fields }, chosen = (fields.choose ?? []).map((entry) => found(controls(inside.inner), `Choose ${entry}`));
    const pairs = [];
    for (const input of controls(inside.inner)) {
      if (input.type === 'checkbox' || input.type === 'file' || !input.name) continue;
      pairs.push([input.name, left[input.name] ?? input.value ?? '']);
      delete left[input.name];
    }
    for (const select of elements(inside.inner, 'select')) {
      pairs.push([select.name, left[select.name] ?? elements(select.inner, 'option')[0].value]);
      delete left[select.name];
    }
    for (const { name, value } of controls(inside.inner))
      if (chosen.some((one) => one.name === name && one.value === value)) pairs.push([name, value]);
    if (button.name) pairs.push([button.name, button.value]);
    delete left.choose;
    const files = (left.file ?? []).map((file, i) => {
      writeFileSync(`${home}/file${i}`, file.text);
      return ['-F', `file=@${home}/file${i};filename="${file.name}"`];
    });
    delete left.file;
    assert.deepEqual(left, {}, `the form of '${name}' has no such fields`);
    const how = inside.enctype === 'multipart/form-data' ? '--form-string' : '--data-urlencode';
    const get = inside.method === 'get' ? ['-G'] : [];
    return [...get, ...pairs.flatMap(([key, value]) => [how, `${key}=${value}`]), ...files.flat(), new URL(button.formaction ?? inside.action, at).href];
  }
  return {
    open: (path) => show(curl(url + path)),
    follow: (name) => show(curl(new URL(found(elements(html, 'a'), name).href, at).href)),
    press: (name, fields = {}, near = '') => show(curl(...form(name, fields, near))),
    take(name, fields) {
      const { headers, bytes } = curl(...fields ? form(name, fields) : [new URL(found(elements(html, 'a'), name).href, at).href]);
      return { name: decodeURIComponent(/filename\*=UTF-8''(\S+)/.exec(headers)[1]), bytes };
    },
    see: (text) => assert.ok(said(html).includes(text), `the page does not say '${text}': ${said(html)}`),
    miss: (text) => assert.ok(!said(html).includes(text), `it says ${text}`),
    text: () => said(html),
    close() {},
  };
}
