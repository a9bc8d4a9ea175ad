// The queue of uploads: which file is sent next, which tries again and when, and what a button does.
// It outlives the pages that are shown.

import {make} from '/coffer.js';
import {Trouble, ask, good, json} from './ask.js';
import {chosen, forget_folders} from './folders.js';
import {file_of, forget, let_go, remembered} from './keep.js';
import {draw} from './list.js';
import {LARGE, drop, send} from './send.js';
import {bytes, say} from './words.js';

// A browser has six connections to a server: one stays free for pages.
const AT_ONCE = 5;
const LARGE_AT_ONCE = 3;
// Who says that it cannot is asked so often; a line that is broken always.
const TRIES = 8;
const LONGEST_WAIT = 30;

let items = [], user = '', round = 0, whole = {at: 0, size: 0}, drawing, when_finished = () => {};
const pending = new Set(), busy = new Set();

export const going = () => busy.size + pending.size > 0;
export const on_finished = (then) => { when_finished = then; };
export const folder_page = (id) => Number(id) ? `/file/query?folder=${id}` : '/';
const paused = (item) => item.state === 'paused' || item.state === 'choose';

function count_all() {
  const count = {going: busy.size + pending.size, done: 0, failed: 0, paused: 0, choose: 0};
  for (const {state} of items) {
    if (state === 'choose') count.paused++;
    if (state in count) count[state]++;
  }
  return count;
}

// How fast it goes: what half a second brings, smoothed.
function measure(thing, at, now) {
  if (thing.before?.at > at) thing.before = undefined;
  const before = thing.before ??= {at, now};
  if (now - before.now < 400) return;
  const rate = (at - before.at) * 1000 / (now - before.now);
  thing.rate = thing.rate ? 0.8 * thing.rate + 0.2 * rate : rate;
  thing.before = {at, now};
}

export function refresh() {
  clearTimeout(drawing);
  const now = Date.now();
  whole.at = whole.size = 0;
  for (const item of items) {
    if (item.state === 'failed' || paused(item)) continue;
    whole.at += item.at;
    whole.size += item.size;
    if (item.state === 'sending') measure(item, item.at, now);
    else item.rate = item.before = undefined;
  }
  measure(whole, whole.at, now);
  const count = count_all();
  draw(items, whole, count, folder_page(items.at(-1)?.folder));
  if (count.going) drawing = setTimeout(refresh, 250);
}

// Shows soon what has changed.
function changed() {
  clearTimeout(drawing);
  drawing = setTimeout(refresh, 30);
}

function fail(item, detail) {
  Object.assign(item, {state: 'failed', detail});
  forget(item);
}

async function later(item, trouble) {
  try {
    await item.file?.slice(0, 1).arrayBuffer();
  } catch {
    return fail(item, say('changed'));
  }
  item.tries = item.at > item.mark ? 1 : item.tries + 1;
  item.mark = item.at;
  // After a reload it is asked again.
  if (trouble.status && item.tries > TRIES) return Object.assign(item, {state: 'failed', detail: trouble.message});
  const seconds = trouble.after || Math.min(LONGEST_WAIT, 2 ** (item.tries - 1)) * (0.75 + Math.random() / 2);
  item.due = Date.now() + seconds * 1000;
  item.state = 'again';
  pending.add(item);
  setTimeout(pump, seconds * 1000 + 10);
}

async function run(item) {
  const whose = user;
  pending.delete(item);
  busy.add(item);
  item.state = 'waiting';
  try {
    await send(item, user);
    item.state = 'done';
    item.at = item.size;
    item.file = item.handle = undefined;
    // A folder that was empty is there, and is no file.
    if (!item.name) items = items.filter((one) => one !== item);
  } catch (trouble) {
    if (item.halted) item.state = 'paused';
    else if (trouble.again) await later(item, trouble);
    else fail(item, trouble instanceof Trouble ? trouble.message : say('changed'));
  }
  busy.delete(item);
  // Somebody may have said that it is to go on before it had stopped.
  if (item.state === 'paused' && !item.halted) go(item);
  changed();
  pump();
  if (going() || user !== whose) return;
  const these = items.filter((one) => one.round === round);
  when_finished(item.folder, these.every((one) => one.state === 'done'));
}

function pump() {
  if (!navigator.onLine) return changed();
  const now = Date.now();
  let large = 0;
  for (const {size} of busy) if (size >= LARGE) large++;
  for (const item of pending) {
    if (busy.size >= AT_ONCE) break;
    if (item.due > now || (item.size >= LARGE && large >= LARGE_AT_ONCE)) continue;
    if (item.size >= LARGE) large++;
    run(item);
  }
}

function go(item) {
  Object.assign(item, {halted: false, state: busy.has(item) ? item.state : 'waiting', due: 0, tries: 0});
  if (!busy.has(item)) pending.add(item);
}

function halt(item) {
  item.halted = true;
  item.stop?.();
  if (pending.delete(item)) item.state = 'paused';
}

const same = (item, file) => item.name === file.name && item.size === file.size && item.modified === file.lastModified;

const new_item = (fields) => ({round, at: 0, mark: 0, tries: 0, due: 0, looked: 0, state: 'waiting', ...fields,
  path: [fields.dir, fields.name].filter(Boolean).join('/')});

// Takes what a form or a drop brings into the queue. Who chooses a file again goes on with it.
export async function enter(source, folder, conflict = 'version') {
  if (!going()) {
    forget_done();
    round++;
  }
  forget_folders();
  const {left = Infinity, largest = Infinity} = await ask({}, 'GET', `/file/upload?folder=${folder}`)
    .then((answer) => json(good(answer))).catch(() => ({}));
  const awaited = items.filter((item) => item.state === 'choose');
  let last = Date.now();
  for await (const {file, dir, handle} of source) {
    const again = file && awaited.find((item) => item.state === 'choose' && same(item, file));
    if (again) {
      Object.assign(again, {file, handle});
      go(again);
      continue;
    }
    const item = new_item({
      key: crypto.getRandomValues(new Uint32Array(4)).join('-'), file, dir, handle, folder, conflict,
      name: file?.name ?? '', size: file?.size ?? 0, modified: file?.lastModified,
    });
    items.push(item);
    if (item.size > left) fail(item, say('noroom', bytes(left)));
    else if (item.size > largest) fail(item, say('toolarge', bytes(largest)));
    else pending.add(item);
    // A folder of thousands is sent while it is still read.
    if (Date.now() - last > 50) {
      changed();
      pump();
      await new Promise((resolve) => setTimeout(resolve));
      last = Date.now();
    }
  }
  pump();
  refresh();
}

async function reopen(item, may_ask) {
  item.file = await file_of(item, may_ask) ?? undefined;
  return Boolean(item.file);
}

// One file that is to be the same as before.
function choose(item) {
  const input = make('input', {type: 'file'});
  input.onchange = () => enter(chosen(input), item.folder, item.conflict);
  input.click();
}

// For one item, or for all that it fits.
const each = (fits, act) => (item) => {
  for (const one of item ? [item] : items.filter(fits)) act(one);
  changed();
  pump();
};

// What each button does; those of the whole list are called without an item.
export const acts = {
  pause: each((item) => busy.has(item) || pending.has(item), halt),
  resume: each((item) => item.state === 'paused', go),
  retry: each((item) => item.state === 'failed', go),
  async choosefile(item) {
    if (!item.handle || !await reopen(item, true)) return choose(item);
    go(item);
    changed();
    pump();
  },
  remove(item) {
    item.halted = true;
    pending.delete(item);
    drop(item);
    items = items.filter((one) => one !== item);
    changed();
  },
  clear() {
    items = items.filter((item) => item.state !== 'done' && item.state !== 'failed');
    changed();
  },
  toggled: changed,
};

export function forget_done() {
  items = items.filter((item) => item.state !== 'done');
}

// Another user, or nobody: what was on its way stays with whose it was. What this one has left
// unfinished is in the list; it goes on by itself if its file is there and no other page may have it.
export async function be(name) {
  if (user === name) return false;
  for (const item of items) {
    halt(item);
    let_go(item);
  }
  items = [];
  whole = {at: 0, size: 0};
  user = name;
  for (const record of user ? await remembered(user) : []) {
    const item = new_item(record);
    item.state = !await reopen(item, false) ? 'choose' : record.sure ? 'waiting' : 'paused';
    if (user !== name) return false;
    if (item.state === 'waiting') pending.add(item);
    items.push(item);
  }
  changed();
  pump();
  return items.length > 0;
}

addEventListener('online', () => {
  for (const item of pending) item.due = 0;
  pump();
  changed();
});
addEventListener('offline', changed);
addEventListener('beforeunload', (event) => { if (going()) event.preventDefault(); });
