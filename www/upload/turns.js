// Whose turn it is to be sent, and who tries again when.

import {Trouble} from './ask.js';
import {forget} from './keep.js';
import {away, backoff, on_rested, rests_until, wake} from './rest.js';
import {LARGE, send} from './send.js';
import {say} from './words.js';

// A browser has six connections to a server, for all its pages: one stays free for what is looked
// at, and those that send take turns in the others, large files in three of them. Where pages cannot
// share, on plain HTTP, each has two.
const {locks} = navigator;
const SLOTS = locks ? 5 : 2;
const LARGE_SLOTS = 3;
// After so many milliseconds another page has its turn.
const TURN = 250;
const in_slot = (n, use) => locks ? locks.request(`upload slot ${n}`, use) : use();
// Who says for so many milliseconds that it cannot has failed; a line that is broken is tried always.
const PATIENCE = 600_000;

const pending = new Set(), busy = new Set(), taken = new Set();
let probe, soon;

// Whose uploads they are, whether the page that is shown is theirs, and what the server says to them
// if it lets them do nothing any more.
export const owner = {name: '', present: false, barred: ''};
const stopped = () => owner.barred || !owner.present;

// `ended` is told who was sent, or was not; `changed` that anything has.
const tell = {ended() {}, changed() {}};
export const on_turns = (then) => Object.assign(tell, then);

export const on_way = () => busy.size + pending.size;
export const is_on_way = (item) => busy.has(item) || pending.has(item);

// What the server has of it can be gone on with after a reload.
export function fail(item, detail) {
  Object.assign(item, {state: 'failed', detail});
  if (!item.url) forget(item);
}

// It is to be sent when its turn comes.
export function go(item) {
  Object.assign(item, {halted: false, aside: false, due: 0, tries: 0});
  if (busy.has(item)) return;
  item.state = 'waiting';
  pending.add(item);
  if (stopped()) set_aside();
  soon ??= setTimeout(pump);
}

export function halt(item) {
  item.halted = true;
  item.stop?.();
  if (pending.delete(item)) item.state = 'paused';
}

// Nobody is signed in any more, or not as they were: all wait until they are.
export function set_aside() {
  for (const item of [...busy, ...pending]) {
    item.aside = true;
    halt(item);
  }
}

async function later(item, trouble) {
  try {
    await item.file?.slice(0, 1).arrayBuffer();
  } catch {
    return fail(item, say('changed'));
  }
  if (item.halted) return void (item.state = 'paused');
  const now = Date.now();
  if (item.at > item.mark || !item.tries) Object.assign(item, {mark: item.at, tries: 0, since: now});
  item.tries++;
  if (trouble.status && now - item.since > PATIENCE) return fail(item, trouble.message);
  const seconds = backoff(item.tries, trouble.after);
  item.due = now + seconds * 1000;
  item.state = 'again';
  setTimeout(pump, seconds * 1000 + 10);
}

async function run(item) {
  pending.delete(item);
  busy.add(item);
  if (away()) probe = item;
  item.state = 'waiting';
  try {
    await send(item);
    item.state = 'done';
    item.at = item.size;
    item.file = item.handle = undefined;
  } catch (trouble) {
    if ([401, 403].includes(trouble.status) && !item.halted) {
      owner.barred = trouble.message;
      set_aside();
    }
    if (item.halted) item.state = 'paused';
    else if (trouble.again) await later(item, trouble);
    else fail(item, trouble instanceof Trouble ? trouble.message : say('changed'));
  }
  busy.delete(item);
  if (probe === item) probe = undefined;
  // Somebody may have said that it is to go on before it had stopped.
  if (item.state === 'paused' && !item.halted) go(item);
  if (item.state === 'again') pending.add(item);
  tell.changed();
  tell.ended(item);
}

// What is next in that slot. While the server is away one at a time tries it.
function next(n) {
  const now = Date.now();
  if (stopped() || !navigator.onLine || (away() && (probe || rests_until() > now))) return undefined;
  for (const item of pending)
    if (item.due <= now && (item.size < LARGE || n < LARGE_SLOTS)) return item;
}

async function take(n) {
  taken.add(n);
  await in_slot(n, async () => {
    const end = Date.now() + TURN;
    for (let item = next(n); item; item = Date.now() < end && next(n)) await run(item);
  });
  taken.delete(n);
  pump();
}

export function pump() {
  soon = void clearTimeout(soon);
  for (let n = 0; n < SLOTS; n++) if (!taken.has(n) && next(n)) take(n);
  tell.changed();
}
on_rested(pump);

addEventListener('online', () => {
  for (const item of pending) item.due = 0;
  wake();
  pump();
});
addEventListener('offline', () => tell.changed());
