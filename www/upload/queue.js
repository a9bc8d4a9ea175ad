// The queue of uploads. It outlives the pages that are shown: while one walks on it goes on. What a
// page knows of it is an element #uploads, which says all that is said, and a form or a folder.

import {load, make} from '/coffer.js';
import {Trouble, ask, good, here, json} from './ask.js';
import {chosen, dropped, forget_folders} from './folders.js';
import {file_of, forget, let_go, remembered} from './keep.js';
import {build, draw, place} from './list.js';
import {LARGE, drop, send} from './send.js';
import {bytes, say, words} from './words.js';

// A browser has six connections to a server: one stays free for pages.
const AT_ONCE = 5;
const LARGE_AT_ONCE = 3;
// Who says that it cannot is asked so often; a line that is broken always.
const TRIES = 8;
const LONGEST_WAIT = 30;

let items = [], user, language, whole, drawing, shown, fresh, round = 0;
const pending = new Set(), busy = new Set();

const folder_page = (id) => Number(id) ? `/file/query?folder=${id}` : '/';
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
  const before = thing.before ??= {at, now};
  if (now - before.now < 400) return;
  const rate = Math.max(0, at - before.at) * 1000 / (now - before.now);
  thing.rate = thing.rate ? 0.8 * thing.rate + 0.2 * rate : rate;
  thing.before = {at, now};
}

function refresh() {
  drawing = 0;
  const now = Date.now();
  whole.at = whole.size = 0;
  for (const item of items) {
    if (item.state === 'failed' || paused(item)) continue;
    whole.at += item.at;
    whole.size += item.size;
    if (item.state === 'sending') {
      if (item.before?.at > item.at) item.before = undefined;
      measure(item, item.at, now);
    } else item.rate = item.before = undefined;
  }
  if (whole.before?.at > whole.at) whole.before = undefined;
  measure(whole, whole.at, now);
  const count = count_all();
  draw(items, whole, count, items.length && folder_page(items.at(-1).folder));
  if (count.going) drawing = setTimeout(refresh, 250);
}

// Shows soon what has changed.
function changed() {
  clearTimeout(drawing);
  drawing = setTimeout(refresh, 30);
}

function fail(item, detail) {
  item.state = 'failed';
  item.detail = detail;
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
  if (trouble.status && item.tries > TRIES) return fail(item, trouble.message);
  const seconds = trouble.after || Math.min(LONGEST_WAIT, 2 ** (item.tries - 1)) * (0.75 + Math.random() / 2);
  item.due = Date.now() + seconds * 1000;
  item.state = 'again';
  pending.add(item);
  setTimeout(pump, seconds * 1000 + 10);
}

async function run(item) {
  pending.delete(item);
  busy.add(item);
  item.state = 'waiting';
  try {
    await send(item, user);
    item.state = 'done';
    item.at = item.size;
    item.file = item.handle = undefined;
  } catch (trouble) {
    if (item.halted) item.state = 'paused';
    else if (trouble.again) await later(item, trouble);
    else fail(item, trouble instanceof Trouble ? trouble.message : say('changed'));
  }
  busy.delete(item);
  changed();
  pump();
  if (!busy.size && !pending.size) finished();
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
  Object.assign(item, {halted: false, state: 'waiting', due: 0, tries: 0});
  pending.add(item);
}

// What the page shows is out of date: the folder's page is loaded again, and the form makes room
// for it, unless somebody is about to do something there.
function finished() {
  fresh = true;
  const {folder} = items.at(-1) ?? {};
  const form = document.querySelector('form[enctype]');
  const slot = document.querySelector('#uploads');
  if (!slot || String(slot.dataset.folder) !== String(folder) || document.querySelector('main[aria-busy]')) return;
  if (form && !form.elements.file.value && items.every((item) => item.state === 'done' || item.round < round)) load(folder_page(folder));
  const used = document.querySelector('tbody :checked, details[open] input') ?? document.activeElement?.matches('input');
  if (!form && !used && items.some((item) => item.state === 'done')) load(location.href, {}, 'quiet');
}

const same = (item, file) => item.name === file.name && item.size === file.size && item.modified === file.lastModified;

const new_item = (fields) => ({round, at: 0, mark: 0, tries: 0, due: 0, looked: 0, state: 'waiting', ...fields,
  path: [fields.dir, fields.name].filter(Boolean).join('/')});

// Takes what a form or a drop brings into the queue. Who chooses a file again goes on with it.
async function enter(source, folder, conflict) {
  forget_folders();
  const limits = ask({}, 'GET', `/file/upload?folder=${folder}`).then((answer) => json(good(answer))).catch(() => ({}));
  const {left = Infinity, largest = Infinity} = await limits;
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
  changed();
  pump();
}

function halt(item) {
  item.halted = true;
  item.stop?.();
  if (pending.delete(item)) item.state = 'paused';
}

async function reopen(item, may_ask) {
  const file = await file_of(item, may_ask);
  if (!file) return false;
  item.file = file;
  return true;
}

// One file that is to be the same as before.
function choose(item) {
  const input = make('input', {type: 'file'});
  input.onchange = () => enter(chosen(input), item.folder, item.conflict);
  input.click();
}

// Each for one item, or for all that it fits.
const each = (fits, act) => (item) => {
  for (const one of item ? [item] : items.filter(fits)) act(one);
  changed();
  pump();
};
const acts = {
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

// What was left unfinished goes on by itself if its file is there and no other page may have it.
async function restore() {
  for (const record of await remembered(user)) {
    const item = new_item(record);
    item.state = !await reopen(item, false) ? 'choose' : record.sure ? 'waiting' : 'paused';
    if (item.state === 'waiting') pending.add(item);
    items.push(item);
  }
  if (items.length) place(document.querySelector('#uploads'), true);
  changed();
  pump();
}

// Another user, or nobody: what was on its way stays with whose it was.
function change_user(name) {
  for (const item of items) {
    halt(item);
    let_go(item);
  }
  items = [];
  whole = {at: 0, size: 0};
  user = name;
  if (user) restore();
}

// A second way to choose, where a browser can.
function offer_folder(form) {
  const input = make('input', {type: 'file', multiple: true, hidden: true, webkitdirectory: true});
  const choose = make('button', {type: 'button', textContent: words.choosefolder, onclick: () => input.click()});
  input.onchange = () => start(chosen(input), form.elements.folder.value, form.elements.conflict.value);
  form.elements.file.after(choose, input, make('p', {className: 'hint', textContent: words.drop}));
}

function start(source, folder, conflict = 'version') {
  if (!busy.size && !pending.size) {
    items = items.filter((item) => item.state !== 'done');
    round++;
  }
  place(document.querySelector('#uploads'), true);
  return enter(source, folder, conflict);
}

// Sends what was chosen in the form.
export function submit(form) {
  const {file, folder, conflict} = form.elements;
  const files = chosen(file);
  file.value = '';
  start(files, folder.value, conflict.value);
}

// Takes its place on the page that is shown now.
export function attach() {
  const main = document.querySelector('main'), slot = document.querySelector('#uploads');
  here.csrf = document.querySelector('[name=csrf]')?.value ?? '';
  if (slot) Object.assign(words, slot.dataset);
  if (language !== document.documentElement.lang) {
    language = document.documentElement.lang;
    build(acts);
  }
  if (user !== (main.dataset.user ?? '')) change_user(main.dataset.user ?? '');
  const form = slot && document.querySelector('form[enctype]');
  const moved = shown !== location.href;
  shown = location.href;
  // What is done is said once more on the next page, and then no more.
  if (moved && !busy.size && !pending.size && !fresh) items = items.filter((item) => item.state !== 'done');
  if (moved) fresh = busy.size > 0;
  place(slot, moved ? Boolean(form) : undefined);
  if (form) offer_folder(form);
  clearTimeout(drawing);
  refresh();
}

addEventListener('online', () => {
  for (const item of pending) item.due = 0;
  pump();
  changed();
});
addEventListener('offline', changed);
addEventListener('beforeunload', (event) => {
  if (busy.size || pending.size) event.preventDefault();
});

// Files and folders that are dropped on a page that has a place for them.
const over = (event) => document.querySelector('#uploads') && event.dataTransfer?.types.includes('Files');
const mark = (on) => document.documentElement.toggleAttribute('data-dropping', on);
addEventListener('dragover', (event) => {
  if (!over(event)) return;
  event.preventDefault();
  mark(true);
});
addEventListener('dragleave', (event) => { if (!event.relatedTarget) mark(false); });
addEventListener('drop', (event) => {
  mark(false);
  if (!over(event)) return;
  event.preventDefault();
  const {folder} = document.querySelector('#uploads').dataset;
  start(dropped(event.dataTransfer), folder, document.querySelector('#conflict')?.value);
});
