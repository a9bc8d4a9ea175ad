// faults - a line to the server as bad as one likes: a TCP proxy in the test's own process
//
//   const line = await lay(port, host)   line.url leads to 127.0.0.1:port, and says `host`
//   line.rate = 1e6                 so many bytes a second go up, over all connections; Infinity
//   line.state = 'refuses'          nobody gets through; 'stands': nothing moves any more on what is
//                                   open; 'works'
//   line.loses = 'PUT '             the answer to the next request that begins so: its connection is
//                                   cut in its place
//   line.cut()                      ends all connections that there are
//   await line.passed(n)            until n bytes have gone up from now on, or fails after a minute
//   line.up, line.down              how many have gone up and come down

import { connect, createServer } from 'node:net';

// A reset of one that has said its last word fails, and would leave it open.
const reset = (socket) => socket.writableEnded ? socket.destroy() : socket.resetAndDestroy();

export async function lay(port, host = '127.0.0.1') {
  const sockets = new Set();
  const waiting = new Set();
  const line = {
    rate: Infinity, state: 'works', loses: '', up: 0, down: 0,
    cut() { for (const socket of sockets) reset(socket); },
    passed(bytes) {
      const end = line.up + bytes;
      return new Promise((resolve, reject) => {
        waiting.add({ end, resolve });
        setTimeout(() => reject(new Error(`${line.up - end + bytes} bytes have gone up of ${bytes}`)), 60_000).unref();
      });
    },
    close() { line.cut(); server.close(); },
  };

  // Whoever sends waits for their turn: one after the other the pieces take the time they take.
  let turn = Promise.resolve();
  const take_time = (bytes) => (turn = turn.then(() => line.rate === Infinity ? null
    : new Promise((resolve) => setTimeout(resolve, bytes / line.rate * 1000))));

  const server = createServer((client) => {
    if (line.state === 'refuses') return client.resetAndDestroy();
    const upstream = connect(port, '127.0.0.1');
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('end', () => other.end());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    let deaf = false;
    client.on('data', async (bytes) => {
      client.pause();
      if (line.state === 'stands') return;
      if (line.loses && bytes.toString('latin1').startsWith(line.loses)) {
        deaf = true;
        line.loses = '';
      }
      await take_time(bytes.length);
      line.up += bytes.length;
      for (const one of waiting) if (line.up >= one.end && waiting.delete(one)) one.resolve();
      if (upstream.destroyed) return;
      if (upstream.write(bytes)) client.resume();
      else upstream.once('drain', () => client.resume());
    });
    upstream.on('data', (bytes) => {
      if (deaf) return reset(client);
      line.down += bytes.length;
      client.write(bytes);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  line.url = `http://${host}:${server.address().port}`;
  return line;
}
