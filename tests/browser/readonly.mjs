// readonly.mjs URL NAME PASSWORD: while the primary database is gone everything can be read, the
// page says why nothing else can be done, and what is tried all the same fails calmly.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { launch } from './browser.mjs';

const [url, name, password] = process.argv.slice(2);
const notice = 'Everything can be read, but nothing can be changed right now. This ends by itself.';
const database = (signal) => execFileSync('bash', ['-c', `
  loop=$(cat "$VAR/run/database.pid")
  if [ ${signal} = gone ]; then kill -STOP $loop; kill -KILL $(cat "$VAR/db/db.pid"); else kill -CONT $loop; fi`]);

// The watcher opens a primary that has come back; until then it can be read only, and no page says so.
const opened = () => Number(execFileSync('bash', ['-c', 'grep -c event=opened "$VAR/log/watcher.log"']));

const browser = await launch();
for (const [theme, width] of [['light', 1200], ['dark', 390]]) {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 800 }, locale: 'en' });
  const page = await context.newPage();
  const says = async (path, text) => {
    await page.goto(url + path);
    return (await page.textContent('body')).includes(text);
  };
  await page.goto(url + '/user/signin');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'kept.txt', exact: true }).waitFor();
  assert(!await says('/', notice));
  const before = opened();
  database('gone');
  assert(await says('/', notice) && await says('/', 'kept.txt'));
  await page.screenshot({ path: `build/screenshots/readonly-${theme}.png`, fullPage: true });
  assert(await says('/file/query?q=kept', notice) && await says('/user/account', notice));
  const answer = await page.request.post(url + '/file/update', { headers: { Accept: 'text/html' }, form: { action: 'folder', name: 'x' } });
  assert.equal(answer.status(), 503);
  assert.equal(answer.headers()['retry-after'], '2');
  database('back');
  for (let i = 0; opened() === before; i++) {
    assert(i < 200, 'nobody opens the primary');
    await page.waitForTimeout(50);
  }
  for (let i = 0; await says('/', notice); i++) {
    assert(i < 100, 'still read-only');
    await page.waitForTimeout(50);
  }
  for (let i = 0; execFileSync('bash', ['-c', 'cat "$VAR/store/pair"']).includes('in_step no'); i++) {
    assert(i < 100, 'still out of step');
    await page.waitForTimeout(100);
  }
  await context.close();
}
await browser.close();
