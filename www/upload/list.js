// The list of uploads: one element, which every page that is shown gets in its turn. What changes
// all the time is only shown; what a screen reader says is how it goes on the whole.

import {make} from '/coffer.js';
import {rests_until} from './rest.js';
import {bytes, duration, say, words} from './words.js';

// Of very many files the first that are not done are shown.
const MOST_ROWS = 100;

// What can be done in which state; what has none of these can be paused and removed.
const offers = {
  paused: ['resume', 'remove'],
  choose: ['choosefile', 'remove'],
  failed: ['retry', 'remove'],
  again: ['retry', 'pause', 'remove'],
  done: [],
};
const actions = ['retry', 'resume', 'choosefile', 'pause', 'remove'];

let section, act, going = false, said = 0;
let rows = new Map();
const parts = {};

const button = (word, run) => make('button', {type: 'button', className: 'plain', textContent: words[word], onclick: run});

// What had the focus and is offered no more passes it on.
function pass_focus(focused, box) {
  if (focused?.hidden) (box.querySelector('button:not([hidden])') ?? section).focus({preventScroll: true});
}

// What is sent so far, how fast, and how long it will take, if it goes at all.
function pace({at, size, rate}) {
  if (!(rate >= 1000) || at >= size) return say('sofar', bytes(at), bytes(size));
  return say('pace', bytes(at), bytes(size), bytes(rate), duration((size - at) / rate));
}

function state_of(item) {
  if (!navigator.onLine && ['waiting', 'again'].includes(item.state)) return say('line');
  switch (item.state) {
    case 'sending': return pace(item);
    case 'looking': return say('looking', Math.floor(100 * item.looked / item.size));
    case 'again': return say('again', duration(Math.max(1000, Math.max(item.due, rests_until()) - Date.now()) / 1000));
    case 'paused': return item.at ? say('paused', bytes(item.at), bytes(item.size)) : say('halted');
    case 'failed': return item.detail;
    case 'choose': return item.detail ?? say('choose');
    case 'done': return say(item.instant ? 'instant' : 'done');
    default: return say(item.state);
  }
}

function make_row(item) {
  const row = make('li', {});
  const name = make('span', {className: 'what', textContent: item.path});
  const bar = make('progress', {max: 1, ariaLabel: item.path});
  const state = make('span', {className: 'state'});
  const does = make('span', {className: 'does'});
  for (const action of actions) {
    const one = button(action, () => act[action](item));
    one.dataset.action = action;
    one.ariaLabel = `${words[action]} ${item.path}`;
    does.append(one);
  }
  row.append(name, state, bar, does);
  return {row, bar, state, does};
}

function draw_row(item) {
  if (!rows.has(item)) rows.set(item, make_row(item));
  const {row, bar, state, does} = rows.get(item);
  const text = state_of(item);
  if (state.textContent !== text) state.textContent = text;
  row.className = item.state;
  bar.hidden = ['done', 'failed', 'choose'].includes(item.state);
  bar.value = item.state === 'looking' ? item.looked / item.size : item.at / (item.size || 1);
  const offered = offers[item.state] ?? ['pause', 'remove'];
  const focused = does.contains(document.activeElement) && document.activeElement;
  for (const one of does.children) one.hidden = !offered.includes(one.dataset.action);
  pass_focus(focused, does);
  return row;
}

function draw_rows(items) {
  const shown = items.length > MOST_ROWS ? items.filter((item) => item.state !== 'done') : items;
  const some = shown.slice(0, MOST_ROWS);
  const kept = new Set(some);
  for (const [item, {row}] of rows) {
    if (kept.has(item)) continue;
    if (row.contains(document.activeElement)) section.focus({preventScroll: true});
    row.remove();
    rows.delete(item);
  }
  some.forEach((item, i) => {
    const row = draw_row(item);
    if (parts.rows.children[i] !== row) parts.rows.insertBefore(row, parts.rows.children[i] ?? null);
  });
  parts.more.hidden = shown.length <= MOST_ROWS;
  parts.more.textContent = say('more', shown.length - MOST_ROWS);
}

// How it goes on the whole, in words that change seldom.
function summary(count) {
  const sentences = [];
  if (count.going) sentences.push(navigator.onLine ? say('running', count.on_way + count.done) : say('offline'));
  else if (count.done) sentences.push(say('uploaded', count.done));
  if (count.failed) sentences.push(say('broken', count.failed));
  if (!count.going && count.paused) sentences.push(say('unfinished', count.paused));
  return sentences.join(' ');
}

// Shows `items` as they are; `whole` is their sum: {at, size, rate}, `count` how many are in which
// state, `barred` says why nothing may go on, and `link` leads to where they go.
export function draw(items, {whole, count, barred, link}) {
  section.hidden = !items.length;
  if (section.hidden) return draw_rows([]);
  const text = summary(count);
  const turned = going !== count.going;
  if (text !== parts.status.textContent && (turned || !going || Date.now() - said > 2000)) {
    parts.status.textContent = text;
    said = Date.now();
    going = count.going;
  }
  parts.numbers.hidden = parts.bar.hidden = !count.going;
  parts.numbers.textContent = (count.on_way + count.done > 1 ? say('count', count.done, count.on_way + count.done) + ' · ' : '') + pace(whole);
  parts.bar.value = whole.at / (whole.size || 1);
  const focused = parts.all.contains(document.activeElement) && document.activeElement;
  parts.pause.hidden = count.on_way < 2;
  parts.resume.hidden = count.paused - count.choose < 2;
  parts.retry.hidden = count.failed < 2;
  parts.clear.hidden = count.going || !(count.done || count.failed);
  parts.link.href = link;
  parts.link.hidden = parts.clear.hidden || parts.link.href === location.href;
  pass_focus(focused, parts.all);
  parts.barred.hidden = !barred;
  parts.barred.firstChild.textContent = barred;
  parts.barred.firstChild.href = location.href;
  draw_rows(parts.each.open ? items : []);
}

// Makes the list anew, in the words of now. `acts` says what each button does to an item, or
// without one to all.
export function build(acts) {
  act = acts;
  const open = parts.each?.open ?? false;
  rows = new Map();
  parts.status = make('p', {className: 'how'});
  parts.status.setAttribute('role', 'status');
  parts.numbers = make('p', {className: 'soft numbers'});
  parts.bar = make('progress', {max: 1, ariaLabel: words.title});
  parts.link = make('a', {className: 'button', textContent: words.link});
  parts.rows = make('ol', {});
  parts.more = make('p', {className: 'soft more'});
  parts.each = make('details', {open, ontoggle: () => act.toggled()});
  // The page is asked for again: that leads to where one signs in, or to one that may go on.
  parts.barred = make('p', {className: 'barred', hidden: true});
  parts.barred.append(make('a', {className: 'sentence'}));
  parts.all = make('p', {className: 'does all'});
  for (const [action, word] of [['pause', 'pauseall'], ['resume', 'resumeall'], ['retry', 'retryall'], ['clear', 'clear']])
    parts.all.append(parts[action] = button(word, () => act[action]()));
  parts.all.append(parts.link);
  parts.each.append(make('summary', {textContent: words.each}), parts.rows, parts.more);
  const made = make('section', {className: 'card uploads', ariaLabel: words.title, tabIndex: -1, hidden: true});
  made.append(parts.status, parts.barred, parts.numbers, parts.bar, parts.all, parts.each);
  section?.remove();
  section = made;
}

// Puts the list where the page that is shown wants it: at its #uploads, or before all else. `open`
// says whether each file is seen.
export function place(slot, open) {
  if (slot) slot.after(section);
  else document.querySelector('main').prepend(section);
  if (open !== undefined) parts.each.open = open;
}

// On a small screen the list may be below what is seen.
export const reveal = () => parts.status.scrollIntoView({block: 'nearest'});
