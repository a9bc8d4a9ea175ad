// Where uploads come from, and where they are shown. A page with a place for them has an element
// #uploads, which says all that is said, and is of a folder or has the form.

import {load, make} from '/coffer.js';
import {here} from './ask.js';
import {chosen, dropped} from './folders.js';
import {build, place, reveal} from './list.js';
import {acts, be, enter, folder_page, forget_done, goes_on, going, on_finished, refresh} from './queue.js';
import {words} from './words.js';

let language, shown, fresh = false;

const slot = () => document.querySelector('#uploads');
const form_here = () => slot() && document.querySelector('form[enctype]');

function start(source, folder, conflict) {
  place(slot(), true);
  enter(source, folder, conflict).then(reveal);
}

// Sends what was chosen in the form.
export function submit(form) {
  const {file, folder, conflict} = form.elements;
  const files = chosen(file);
  file.value = '';
  start(files, folder.value, conflict.value);
}

// A second way to choose.
function offer_folder(form) {
  const input = make('input', {type: 'file', multiple: true, hidden: true, webkitdirectory: true});
  const choose = make('button', {type: 'button', textContent: words.choosefolder, onclick: () => input.click()});
  input.onchange = () => start(chosen(input), form.elements.folder.value, form.elements.conflict.value);
  form.elements.file.after(choose, input, make('p', {className: 'hint', textContent: words.drop}));
}

// What the page shows is out of date: the folder's page is loaded again, and the form makes room
// for it, unless somebody is about to do something there.
on_finished((folder, all_well) => {
  fresh = true;
  const form = form_here();
  if (slot()?.dataset.folder !== String(folder) || document.querySelector('main[aria-busy]')) return;
  if (form && all_well && !form.elements.file.value) load(folder_page(folder));
  const {activeElement: active} = document;
  const used = document.querySelector('tbody :checked, details[open] input')
    ?? (active.matches('main :is(a, button, input, summary)') && !active.closest('.uploads'));
  if (!form && !used) load(location.href, {}, 'quiet');
});

// Takes its place on the page that is shown now.
export function attach() {
  // The page of an error does not say whose it is.
  const name = document.querySelector('[data-user]')?.dataset.user;
  if (name) here.csrf = document.querySelector('[name=csrf]').value;
  if (slot()) Object.assign(words, slot().dataset);
  if (language !== document.documentElement.lang) {
    language = document.documentElement.lang;
    build(acts);
  }
  if (name !== undefined) be(name).then((unfinished) => unfinished && place(slot(), true));
  const form = form_here();
  const moved = shown !== location.href;
  shown = location.href;
  // What is done is said once more on the next page, and then no more.
  if (moved && !goes_on() && !fresh) forget_done();
  if (moved) fresh = goes_on();
  place(slot(), moved ? Boolean(form) : undefined);
  if (form) offer_folder(form);
  refresh();
}

// Who signs out stops what is on its way.
addEventListener('submit', (event) => {
  if (event.target.getAttribute('action') !== '/user/signout' || !going() || confirm(words.signout)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// Files and folders that are dropped.
const over = (event) => slot() && event.dataTransfer?.types.includes('Files');
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
  start(dropped(event.dataTransfer), slot().dataset.folder, document.querySelector('#conflict')?.value);
});
