// tus-clients - the clients that people use, over lines that break, while programs are replaced
//
//   node tus-clients.mjs URL TOKEN FOLDER VAR     exit 0 if each has brought its file bit exact
//
// FOLDER is for files, VAR the house's data. Each client sends a file of its own through a line
// that is cut twice in the middle; in between the program `resume` is killed, and the web server
// reads its configuration anew. They go on as their users have them: by themselves.

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launch } from './browser.mjs';
import { lay } from './faults.mjs';

const [url, token, folder, house] = process.argv.slice(2);
const require = createRequire(process.env.NODE_ROOT + '/');
const tus = require('tus-js-client');
const SIZE = 24 << 20;
const headers = { Authorization: `Bearer ${token}` };
const retries = Array(40).fill(250);
const line = await lay(new URL(url).port);
const pid = (name) => Number(readFileSync(`${house}/run/${name}.pid`, 'utf8'));

function run(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  return new Promise((done, failed) =>
    child.on('error', failed).on('exit', (code) => (code === 0 ? done() : failed(new Error(`${command}: ${code}`)))));
}

// One client after the other: how it is told to send `file` as `name` to `endpoint`.
const clients = {
  'tus-js-client': (file, name, endpoint) => new Promise((done, failed) => {
    new tus.Upload(createReadStream(file), {
      endpoint, headers, retryDelays: retries, chunkSize: 8 << 20, metadata: { filename: name },
      onSuccess: done, onError: failed,
    }).start();
  }),
  'tus-js-client in parts': (file, name, endpoint) => new Promise((done, failed) => {
    new tus.Upload(createReadStream(file), {
      endpoint, headers, retryDelays: retries, chunkSize: 4 << 20, parallelUploads: 3, metadata: { filename: name },
      onSuccess: done, onError: failed,
    }).start();
  }),
  uppy: async (file, name, endpoint) => {
    const browser = await launch();
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(`${line.url}/user/signin`);
    await page.setContent('<input type="file" id="file">');
    await page.addScriptTag({ content: uppy });
    await page.setInputFiles('#file', file);
    const result = await page.evaluate(async ([name, endpoint, headers, retryDelays]) => {
      const client = new window.uppy.Uppy().use(window.uppy.Tus, { endpoint, headers, retryDelays, chunkSize: 8 << 20, allowedMetaFields: true });
      client.addFile({ name, data: document.querySelector('#file').files[0] });
      const { failed } = await client.upload();
      return failed.map((file) => String(file.error));
    }, [name, endpoint, headers, retries]);
    await browser.close();
    assert.deepEqual(result, []);
  },
  tuspy: (file, name, endpoint) => run('/usr/bin/python3', ['-c', `
import sys
from tusclient import client
file, name, endpoint, token = sys.argv[1:]
tus = client.TusClient(endpoint, headers={"Authorization": "Bearer " + token})
tus.uploader(file, chunk_size=8 << 20, metadata={"filename": name}, retries=40, retry_delay=1, upload_checksum=True).upload()`,
  file, name, endpoint, token]),
  curl: (file, name, endpoint) => run('bash', ['-euc', `
tus() { curl -fsS -H "Authorization: Bearer $TOKEN" -H 'Tus-Resumable: 1.0.0' "$@" | tr -d '\\r'; }
BEGUN=$(tus -H "Upload-Length: $(stat -c %s "$FILE")" -H 'Content-Length: 0' -X POST -D - "$ENDPOINT?name=$NAME" | sed -n 's/^Location: //p')
until [ "\${AT:-}" = "$(stat -c %s "$FILE")" ]; do
  AT=$(tus -I "\${ENDPOINT%/file/*}$BEGUN" | sed -n 's/^Upload-Offset: //p')
  tail -c +$((\${AT:-0} + 1)) "$FILE" >"$FILE.rest"
  tus -H "Upload-Offset: \${AT:-0}" -H 'Content-Type: application/offset+octet-stream' -X PATCH -T "$FILE.rest" "\${ENDPOINT%/file/*}$BEGUN" || sleep 0.3
done 2>"$FILE.log"`],
  { TOKEN: token, FILE: file, NAME: name, ENDPOINT: endpoint }),
};

// Uppy as a page has it, in one script.
const uppy = require('esbuild').buildSync({
  stdin: { contents: "export { default as Uppy } from '@uppy/core'; export { default as Tus } from '@uppy/tus';", resolveDir: process.env.NODE_ROOT },
  bundle: true, write: false, format: 'iife', globalName: 'uppy', define: { 'process.env.NODE_ENV': '"production"' },
}).outputFiles[0].text + ';window.uppy = uppy;';

for (const [what, send] of Object.entries(clients)) {
  const name = what.replaceAll(' ', '-'), file = `${folder}/${name}`, bytes = randomBytes(SIZE);
  writeFileSync(file, bytes);
  Object.assign(line, { up: 0, rate: 40e6 });
  const passed = [SIZE / 4, SIZE / 4, SIZE / 8].reduce((before, more, i) => before.then(async () => {
    await line.passed(more);
    if (i === 1) process.kill(pid('lighttpd'), 'SIGUSR1');
    if (i === 2) await run('pkill', ['-KILL', '-P', String(pid('keeper')), '-x', 'resume']);
    line.cut();
  }), Promise.resolve());
  await send(file, name, `${line.url}/file/resume`);
  await passed;
  const found = await fetch(`${url}/file/query?id=/${name}`, { headers });
  assert.equal((await found.json()).sha256, createHash('sha256').update(bytes).digest('hex'), what);
  console.log(`${what}: ${(line.up / SIZE).toFixed(2)} times its size over a line that was cut three times`);
}
process.exit(0); // some keep their connections open
