// What of an upload outlives its page, in the browser's own database: where it goes, how it is
// called at the server, and the file. Browsers copy a file into there, so only one of a moderate
// size; of a larger one that was dropped they keep a handle, and any other is to be chosen again.

const LARGEST_COPY = 64 << 20;

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open('uploads', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('upload', {keyPath: 'key'});
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// A browser that keeps nothing only has no uploads to go on with.
async function within(mode, use) {
  try {
    const transaction = (await opened).transaction('upload', mode);
    const request = use(transaction.objectStore('upload'));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  }
}

// One page at a time has an upload in its hands. True if it is this one, undefined where a browser
// cannot say: it can on https and on this machine itself.
const held = new Map();
function hold(key) {
  return held.has(key) || navigator.locks && new Promise((resolve) =>
    navigator.locks.request(`upload ${key}`, {ifAvailable: true}, (lock) => {
      resolve(lock !== null);
      return lock && new Promise((release) => held.set(key, release));
    }));
}

export function let_go({key}) {
  held.get(key)?.();
  held.delete(key);
}

export async function remember(item) {
  const {key, user, name, dir, size, modified, folder, conflict, url, sha256, handle} = item;
  const record = {key, user, name, dir, size, modified, folder, conflict, url, sha256, handle};
  if (size <= LARGEST_COPY) record.file = item.file;
  await hold(key);
  const kept = await within('readwrite', (store) => store.put(record));
  if (kept === undefined) await within('readwrite', (store) => store.put({...record, file: undefined, handle: undefined}));
}

export async function forget(item) {
  await within('readwrite', (store) => store.delete(item.key));
  let_go(item);
}

// The uploads that `user` has left unfinished and no other page goes on with. `sure` says that.
export async function remembered(user) {
  const found = [];
  for (const record of await within('readonly', (store) => store.getAll()) ?? []) {
    if (record.user !== user) continue;
    const ours = await hold(record.key);
    if (ours !== false) found.push({...record, sure: ours === true});
  }
  return found;
}

// The file of such an upload if it is the same as it was, else null. The user is asked for it only
// if `may_ask`, that is, from a click.
export async function file_of({file, handle, size, modified}, may_ask) {
  try {
    if (handle && !file) {
      const state = may_ask ? await handle.requestPermission() : await handle.queryPermission();
      file = state === 'granted' ? await handle.getFile() : null;
    }
    if (file?.size !== size || file.lastModified !== modified) return null;
    await file.slice(0, 1).arrayBuffer();
    return file;
  } catch {
    return null;
  }
}
