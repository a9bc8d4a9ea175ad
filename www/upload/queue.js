// The queue of uploads: what comes into it, whose it is, and what a button does. It outlives the pages
// that are shown.

import {make} from '/coffer.js';
import {ask, good, json} from './ask.js';
import {chosen, forget_folders} from './folders.js';
import {file_of, let_go, remembered} from './keep.js';
import {draw} from './list.js';
import {wake} from './rest.js';
import {LARGE, drop} from './send.js';
import {count_all, measure_all} from './tally.js';
import {fail, go, halt, is_on_way, on_turns, on_way, owner, set_aside} from './turns.js';
import {bytes, say} from './words.js';

// `reading` says how many drops and choices are still read, `brought` whether anything has come in
// since nothing was on its way.
let items = [], reading = 0, round = 0, brought = false, drawing, soon, when_finished = () => {};
const whole = {};

export const going = () => on_way() + reading > 0;
export const goes_on = () => going() || items.some((item) => item.aside);
export const on_finished = (then) => { when_finished = then; };
export const folder_page = (id) => Number(id) ? `/file/query?folder=${id}` : '/';

export function refresh() {
  clearTimeout(drawing);
  soon = undefined;
  measure_all(items, whole, going());
  const count = {...count_all(items), on_way: on_way(), going: going()};
  draw(owner.present ? items : [], {whole, count, barred: owner.barred, link: folder_page(items.at(-1)?.folder)});
  if (going()) drawing = setTimeout(refresh, 250);
}

// Shows soon what has changed, and not later if more does.
function changed() {
  if (soon) return;
  clearTimeout(drawing);
  drawing = soon = setTimeout(refresh, 100);
}

// It may have been the last of all.
function settle(folder) {
  if (going() || owner.barred || !owner.present || !brought) return;
  refresh();
  when_finished(folder, items.every((item) => item.round !== round || item.state === 'done'));
}

on_turns({
  changed,
  ended(item) {
    if (item.user !== owner.name) return;
    brought ||= item.state === 'done';
    // A folder that was empty is there, and is no file.
    if (!item.name && item.state === 'done') items = items.filter((one) => one !== item);
    settle(item.folder);
  },
});

const same = (item, file) => item.name === file.name && item.size === file.size && item.modified === file.lastModified;

const new_item = (fields) => ({user: owner.name, round, at: 0, sent: 0, mark: 0, looked: 0, ...fields,
  path: [fields.dir, fields.name].filter(Boolean).join('/')});

// Takes what a form or a drop brings into the queue. Who chooses a file again goes on with it.
export async function enter(source, folder, conflict = 'version') {
  if (!going()) {
    forget_done();
    round++;
    brought = false;
  }
  const whose = owner.name;
  owner.barred = '';
  reading++;
  forget_folders();
  try {
    const {left = Infinity, largest = Infinity} = await ask({}, 'GET', `/file/upload?folder=${folder}`)
      .then((answer) => json(good(answer))).catch(() => ({}));
    const awaited = items.filter((item) => item.state === 'choose');
    let last = Date.now();
    for await (const {file, dir, handle, unreadable} of source) {
      if (owner.name !== whose) return;
      const again = file && awaited.find((item) => item.state === 'choose' && same(item, file));
      if (again) {
        go(Object.assign(again, {file, handle}));
        continue;
      }
      const item = new_item({
        key: crypto.getRandomValues(new Uint32Array(4)).join('-'), file, dir, handle, folder, conflict,
        name: file?.name ?? unreadable ?? '', size: file?.size ?? 0, modified: file?.lastModified,
      });
      items.push(item);
      if (unreadable) fail(item, say('changed'));
      else if (item.size > left) fail(item, say('noroom', bytes(left)));
      else if (item.size > largest) fail(item, say('toolarge', bytes(largest)));
      else go(item);
      // A folder of thousands is sent while it is still read.
      if (Date.now() - last > 50) {
        await new Promise((resolve) => setTimeout(resolve));
        last = Date.now();
      }
    }
  } finally {
    reading--;
    changed();
    if (owner.name === whose) settle(folder);
  }
}

async function reopen(item, may_ask) {
  item.file = await file_of(item, may_ask) ?? undefined;
  return Boolean(item.file);
}

// One file that is to be the same as before.
function choose(item) {
  const input = make('input', {type: 'file'});
  input.onchange = () => {
    const [{file}] = chosen(input);
    if (same(item, file)) go(Object.assign(item, {file}));
    else item.detail = say('changed');
    changed();
  };
  input.click();
}

// For one item, or for all that it fits.
const each = (fits, act) => (item) => {
  for (const one of item ? [item] : items.filter(fits)) act(one);
  changed();
};

// Somebody wants it now, and has perhaps put in order what was in the way.
const anew = (fits) => {
  const all = each(fits, go);
  return (item) => {
    owner.barred = '';
    forget_folders();
    wake();
    all(item);
  };
};

// What each button does; those of the whole list are called without an item.
export const acts = {
  pause: each(is_on_way, halt),
  resume: anew((item) => item.state === 'paused'),
  retry: anew((item) => item.state === 'failed'),
  async choosefile(item) {
    if (!item.handle || !await reopen(item, true)) return choose(item);
    go(item);
  },
  remove(item) {
    halt(item);
    drop(item);
    items = items.filter((one) => one !== item);
    changed();
  },
  clear() {
    for (const item of items) if (item.state === 'failed') drop(item);
    items = items.filter((item) => item.state !== 'done' && item.state !== 'failed');
    changed();
  },
  toggled: changed,
};

export function forget_done() {
  items = items.filter((item) => item.state !== 'done');
}

// The page that is shown is of that user. If it is nobody's, all waits until it is theirs again, and
// is gone if it is another one's. What this one has left unfinished comes into the list, and goes on
// by itself if its file is there and no other page may have it. True if there is any.
export async function be(name) {
  const comes = name && name !== owner.name;
  const before = comes ? items : [];
  owner.barred = '';
  owner.present = name !== '';
  if (comes) {
    items = [];
    owner.name = name;
    forget_folders();
  }
  for (const item of before) {
    halt(item);
    let_go(item);
  }
  if (!owner.present) set_aside();
  else for (const item of items) if (item.aside) go(item);
  for (const record of comes ? await remembered(name) : []) {
    const item = new_item(record);
    const here = await reopen(item, false);
    if (owner.name !== name) return false;
    items.push(item);
    if (here && record.sure) go(item);
    else item.state = here ? 'paused' : 'choose';
  }
  changed();
  return comes && items.length > 0;
}

// A small file that waits is nowhere else.
const lost = (item) => item.state === 'paused' && !(item.url && item.size >= LARGE);
addEventListener('beforeunload', (event) => { if (going() || items.some(lost)) event.preventDefault(); });
