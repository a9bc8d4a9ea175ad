// How one file gets to the server: a small one by PUT; a large one not at all if its bytes are there
// already, else by tus 1.0 (https://tus.io/protocols/resumable-upload), which goes on where it broke.
//
// A browser sends a request once more, and says nothing, if a connection that it had used before
// ends without an answer. A PUT of the same bytes makes no other version, but it would make another
// file where the name is to be a new one: that goes by tus, too, which never takes a byte twice.

import {Trouble, ask, form, good, here, json} from './ask.js';
import {folder_for} from './folders.js';
import {forget, remember} from './keep.js';

export const LARGE = 1 << 20;

// One worker digests, another proves: a proof cannot wait until all the files before it are read.
const workers = {};
let ids = 0;

// One that breaks, or did not come, answers who waits; who comes then gets a new one.
function worker_for(task) {
  if (workers[task]) return workers[task];
  const worker = new Worker('/upload/worker.js'), waiting = new Map();
  worker.onmessage = ({data}) => waiting.get(data.id)?.(data);
  worker.onerror = () => {
    workers[task] = undefined;
    worker.terminate();
    for (const [id, tell] of waiting) tell({id});
  };
  return workers[task] = {worker, waiting};
}

// What the worker says in the end: without its library, nothing.
function work(item, task, request, moved = () => {}) {
  return new Promise((resolve, reject) => {
    if (item.halted) return reject(new Trouble(''));
    const id = ++ids, {worker, waiting} = worker_for(task);
    const end = (settle, value) => { waiting.delete(id); settle(value); };
    waiting.set(id, (data) => data.moved === undefined ? end(resolve, data) : moved(data.moved));
    item.stop = () => {
      worker.postMessage({stop: id});
      end(reject, new Trouble(''));
    };
    worker.postMessage({id, file: item.file, ...request});
  });
}

// Whether the file has come to its folder without a byte of it being sent. Who may not ask that, but
// may begin, has met a server where it is switched off.
let switched_off = false;
async function instantly(item) {
  if (switched_off) return false;
  item.state = 'looking';
  item.looked = 0;
  item.sha256 ??= (await work(item, 'digest', {}, (at) => { item.looked = at; })).sha256;
  if (!item.sha256) return false;
  const {name, size, sha256, conflict} = item;
  const refused = (answer) => [400, 409, 413, 507].includes(answer.status) && good(answer);
  try {
    const question = await ask(item, 'POST', '/file/instant', form({folder: item.into, name, size, sha256, conflict}));
    refused(question);
    item.barred = question.status === 403;
    if (question.status !== 200) return false;
    const {challenge, key, ranges} = json(question);
    const {proof} = await work(item, 'prove', {key, ranges});
    if (!proof) return false;
    const answer = await ask(item, 'POST', '/file/instant', form({challenge, proof}));
    refused(answer);
    item.instant = answer.status === 200 || answer.status === 201;
    return item.instant;
  } catch (trouble) {
    if (trouble.again) return false;
    throw trouble;
  }
}

const sending = (item, from) => {
  item.state = 'sending';
  item.at = from;
  return (loaded) => {
    const at = Math.min(item.size, from + loaded);
    item.sent += at - item.at;
    item.at = at;
    if (item.at === item.size) item.state = 'saving';
  };
};

async function put(item) {
  const {name, conflict} = item;
  const query = new URLSearchParams({folder: item.into, name, conflict, csrf: here.csrf});
  good(await ask(item, 'PUT', `/file/upload?${query}`, {body: item.file, moved: sending(item, 0)}));
}

const tus = {'Tus-Resumable': '1.0.0'};
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

async function begin(item) {
  const query = new URLSearchParams({csrf: here.csrf});
  const metadata = {filename: item.name, folder: String(item.into), conflict: item.conflict};
  if (item.sha256) metadata.sha256 = item.sha256;
  const answer = good(await ask(item, 'POST', `/file/resume?${query}`, {headers: {
    ...tus, 'Upload-Length': item.size,
    'Upload-Metadata': Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`).join(','),
  }}));
  switched_off ||= item.barred;
  item.url = new URL(answer.getResponseHeader('Location'), location.href).pathname;
  if (item.size >= LARGE) await remember(item);
  return 0;
}

// How much of it the server has, or undefined if it does not know it any more. Who asks after the
// last byte makes it a file; what is in the way of that is said to a PATCH only, of nothing.
async function known(item) {
  const answer = await ask(item, 'HEAD', item.url, {headers: tus});
  if (answer.status === 404 || answer.status === 410) return {};
  if (answer.status === 409 || answer.status === 422) return {offset: item.size};
  // This answer has no words.
  if (answer.status === 401) good(await ask(item, 'GET', '/file/upload'));
  const offset = Number(good(answer).getResponseHeader('Upload-Offset'));
  return {offset, done: offset === item.size};
}

async function resume(item) {
  let {offset, done} = item.url ? await known(item) : {};
  if (done) return;
  if (offset === undefined) {
    if (item.size >= LARGE && await instantly(item)) return;
    offset = await begin(item);
  }
  const answer = await ask(item, 'PATCH', item.url, {
    headers: {...tus, 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream'},
    body: item.file.slice(offset), moved: sending(item, offset),
  });
  if (answer.status === 422) item.url = item.sha256 = undefined;
  // Others send to it, or it has ended meanwhile: the next HEAD will know.
  const elsewhere = [404, 409, 410].includes(answer.status) && offset < item.size;
  if (elsewhere) throw new Trouble(json(answer).detail, {again: true, status: answer.status});
  good(answer);
}

// Resolves when the file is in its folder, durably. Otherwise there is a Trouble, or an error if the
// file cannot be read.
export async function send(item) {
  if (item.name && !item.file) throw new TypeError('no file');
  item.into = await folder_for(item, item.folder, item.dir);
  if (!item.name) return;
  if (item.size < LARGE && item.conflict === 'version') return put(item);
  await resume(item);
  if (item.size >= LARGE) await forget(item);
}

// Nothing of it is wanted any more, here or at the server.
export function drop(item) {
  item.stop?.();
  forget(item);
  if (item.url) ask({}, 'DELETE', item.url, {headers: tus}).catch(() => {});
}
