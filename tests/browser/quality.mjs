// quality - looks at every page as strictly as machines can
//
//   node quality.mjs URL SCREENSHOTS NAMES FILE FOLDER DEEP MANY
//
// ann and boss are the users; NAMES is a file of what ann's root holds, FILE and FOLDER are ids of
// it, DEEP that of a file in FOLDER with a version, MANY that of a folder of a hundred. Exit 0 if
// nothing is found.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launch } from './browser.mjs';

const require = createRequire(process.env.NODE_ROOT + '/');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const { HtmlValidate } = require('html-validate');
const [url, folder, list, file, nasty, deep, many] = process.argv.slice(2);
const names = readFileSync(list, 'utf8').trim().split('\n');
const most = 40 * 1024;

// Who sees it, what it is called here, its address, and what is among its text.
const pages = [
  ['guest', 'signin', '/user/signin', []],
  ['guest', 'signup', '/user/signup', []],
  ['guest', 'nothing', '/user/nothing', []],
  ['ann', 'root', '/', names],
  ['ann', 'folder', `/file/query?folder=${nasty}`, ['<b onclick=alert(1)>{{x}}', '<i>deep']],
  ['ann', 'many', `/file/query?folder=${many}`, ['Holiday picture 99.jpg']],
  ['ann', 'entry', `/file/query?id=${file}`, [names[0]]],
  ['ann', 'versions', `/file/query?id=${deep}`, ['<i>deep', '<b onclick=alert(1)>{{x}}']],
  ['ann', 'trash', '/file/query?folder=trash', ['<b>trashed']],
  ['ann', 'found', '/file/query?q=%3C', [names[0], '<i>deep', '<b onclick=alert(1)>{{x}}']],
  ['ann', 'notfound', '/file/query?q=%22%3E%3Cscript%3Ealert(1)%3C', []],
  ['ann', 'upload', `/file/upload?folder=${nasty}`, ['<b onclick=alert(1)>{{x}}']],
  ['ann', 'account', '/user/account', [names[0]]],
  ['ann', 'activity', '/user/activity', [names[0], names[1]]],
  ['ann', 'storage', '/user/storage', ['<b onclick=alert(1)>{{x}}', '<b>begun']],
  ['ann', 'absent', '/file/query?id=424242', []],
  ['boss', 'empty', '/', []],
  ['boss', 'admin', '/user/admin', ['ann']],
];

// The standard itself, without what a linter likes, but for what the templates do on purpose.
const validator = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    'form-dup-name': 'off', // the boxes of all entries are `id`, and so are buttons one of several
  },
});

const complaints = [];
const complain = (where, what) => complaints.push(`${where}: ${what}`);
const browser = await launch();

async function visitor(who, locale) {
  const context = await browser.newContext({ locale });
  const page = await context.newPage();
  page.on('console', (message) => { if (!/status of 40[14]/.test(message.text())) complain(page.url(), message.text()); });
  page.on('pageerror', (error) => complain(page.url(), error));
  page.on('dialog', (dialog) => { complain(page.url(), `a name has run: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().startsWith(url)) complain(page.url(), `asks for ${request.url()}`); });
  if (who !== 'guest') {
    await page.goto(`${url}/user/signin`);
    await page.fill('#name', who);
    await page.fill('#password', 'correct horse battery');
    await page.locator('main button').click();
    await page.locator('nav a[href="/user/account"]').waitFor();
  }
  return page;
}

// What is measured in the page itself.
const measure = () => ({
  bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  strange: [...document.querySelectorAll('img:not([src^="/file/"]), script:not([src="/coffer.js"]), style, iframe, object, b, i')].map((one) => one.outerHTML),
  text: document.body.textContent,
});

for (const [locale, language] of [['en', 'en'], ['zh-CN', 'zh-Hans']]) {
  const visitors = {};
  for (const [who, title, path, said] of pages) {
    const page = visitors[who] ??= await visitor(who, locale);
    const where = `${title} in ${language}`;
    const answer = await page.goto(url + path);
    const report = await validator.validateString(await answer.text());
    for (const { messages } of report.results)
      for (const found of messages) complain(where, `line ${found.line}: ${found.message} (${found.ruleId})`);
    if (await page.getAttribute('html', 'lang') !== language) complain(where, 'is in another language');
    await page.evaluate(axe);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
        for (const found of violations)
          complain(`${where}, ${width} px, ${colorScheme}`, `${found.id}: ${found.help}: ${found.nodes.map((node) => node.html).join(' ')}`);
        await page.screenshot({ path: `${folder}/${title}-${language}-${width}-${colorScheme}.png`, fullPage: true });
      }
      const { bytes, wide, strange, text } = await page.evaluate(measure);
      if (wide > 0) complain(`${where}, ${width} px`, `is ${wide} px too wide`);
      if (bytes > most) complain(where, `has ${bytes} bytes with all that it needs`);
      if (strange.length) complain(where, `has elements that no template makes: ${strange}`);
      for (const name of said) if (!text.includes(name)) complain(where, `does not say ${name}`);
      if (width === 390 && language === 'en') console.log(`${title}: ${bytes} bytes`);
    }
  }
}
await browser.close();
for (const complaint of new Set(complaints)) console.error(complaint);
console.log(`${pages.length} pages, ${complaints.length} complaints`);
process.exit(complaints.length ? 1 : 0);
