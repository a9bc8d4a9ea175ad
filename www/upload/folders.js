// Folders: the files in what was dropped or chosen, and the same folders on the server.

import {Trouble, ask, form, good, json} from './ask.js';

const all = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

// What cannot be read costs nobody else.
async function* walk(entry, dir) {
  const inside = dir ? `${dir}/${entry.name}` : entry.name;
  try {
    if (entry.isFile) return yield {file: await new Promise((resolve, reject) => entry.file(resolve, reject)), dir};
    const reader = entry.createReader();
    let empty = true;
    // A reader gives a hundred at a time.
    for (let some = await all(reader); some.length; some = await all(reader)) {
      empty = false;
      for (const one of some) yield* walk(one, inside);
    }
    if (empty) yield {dir: inside};
  } catch {
    yield {unreadable: entry.name, dir};
  }
}

// What a drop brings: {file, dir, handle} for each file, {dir} for an empty folder, and
// {unreadable, dir} for what has that name and cannot be read. It can be asked only while the event
// lasts, and is read later.
export function dropped(transfer) {
  const things = [...transfer.items].filter((item) => item.kind === 'file').map((item) => ({
    entry: item.webkitGetAsEntry?.(),
    file: item.getAsFile(),
    handle: item.getAsFileSystemHandle?.().catch(() => null),
  }));
  return (async function* () {
    for (const {entry, file, handle} of things) {
      if (entry?.isDirectory) yield* walk(entry, '');
      else if (file) yield {file, dir: '', handle: await handle};
    }
  })();
}

// What an input has: those of a folder say their paths.
export const chosen = (input) => [...input.files].map((file) =>
  ({file, dir: file.webkitRelativePath.split('/').slice(0, -1).join('/')}));

const paths = new Map();
const made = new Map();

async function path_of(item, id) {
  if (!Number(id)) return '';
  if (!paths.has(id)) {
    const entry = json(good(await ask(item, 'GET', `/file/query?id=${id}`)));
    paths.set(id, `${await path_of(item, entry.folder)}/${entry.name}`);
  }
  return paths.get(id);
}

async function make_one(item, parent, name) {
  const answer = await ask(item, 'POST', '/file/update', form({action: 'folder', folder: parent, name}));
  if (answer.status !== 409) return json(good(answer)).id;
  const path = `${await path_of(item, parent)}/${name}`;
  const there = json(good(await ask(item, 'GET', `/file/query?id=${encodeURIComponent(path)}`)));
  if (there.kind !== 'folder') good(answer);
  return there.id;
}

// The id of the folder `dir`, "Photos/2024", in the folder `root`; it is made if it is not there.
// What several files need is asked for once. Who asks first may be stopped: then the next one asks.
export async function folder_for(item, root, dir) {
  if (!dir) return root;
  const key = `${root}/${dir}`;
  while (made.has(key)) {
    const id = await made.get(key).catch(() => null);
    if (id) return id;
    if (item.halted) throw new Trouble('');
  }
  const parts = dir.split('/');
  const name = parts.pop();
  const making = folder_for(item, root, parts.join('/')).then((parent) => make_one(item, parent, name));
  made.set(key, making);
  making.catch(() => made.delete(key));
  return making;
}

// A folder that was made may be gone when somebody has tidied up.
export function forget_folders() {
  made.clear();
  paths.clear();
}
