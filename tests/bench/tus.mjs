// tus - the server that others have, and the client that sends to both
//
//   node tus.mjs serve PORT FOLDER           @tus/server with @tus/file-store
//   node tus.mjs send ENDPOINT FILE [TOKEN]  FILE by tus-js-client, in pieces of 8 MiB

import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_ROOT + '/');
const [what, where, path, token] = process.argv.slice(2);

if (what === 'serve') {
  const { Server } = require('@tus/server');
  const { FileStore } = require('@tus/file-store');
  new Server({ path: '/files', datastore: new FileStore({ directory: path }) }).listen({ host: '127.0.0.1', port: Number(where) });
} else {
  const { Upload } = require('tus-js-client');
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  await new Promise((done, failed) =>
    new Upload(createReadStream(path, { highWaterMark: 8 << 20 }), {
      endpoint: where, headers, chunkSize: 8 << 20, retryDelays: null, metadata: { filename: `tus-${process.pid}` },
      onSuccess: done, onError: failed,
    }).start());
  process.exit(0);
}
