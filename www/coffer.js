// Coffer's one script. Every page works without it; with it nothing reloads that need not, an
// upload shows how far it is, files can be dropped on a folder, and digests can be copied.
'use strict';

const ours = (url) => url.origin === location.origin && !url.pathname.startsWith('/file/down');

// Only the latest of several requests may show its answer.
let latest = 0;

// Puts the page that came from `url` in the place of this one. What had the focus keeps it if the
// new page has it too; else the heading gets it, so that a screen reader says where one is.
function show(html, url, keep) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  if (!page.querySelector('main')) return location.assign(url);
  const focused = document.activeElement?.id;
  if (url !== location.href) history.pushState(null, '', url);
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(page.body);
  enhance();
  const next = (focused && document.getElementById(focused)) || document.querySelector('h1');
  if (next?.matches('h1')) next.tabIndex = -1;
  next?.focus({preventScroll: true});
  if (!keep) scrollTo(0, 0);
}

async function load(url, options = {}, keep = false) {
  const mine = ++latest;
  let answer, html;
  document.querySelector('main').setAttribute('aria-busy', 'true');
  try {
    answer = await fetch(url, {headers: {Accept: 'text/html'}, ...options});
    html = await answer.text();
  } catch {
    html = null;
  }
  if (mine !== latest) return;
  if (html === null) return failed();
  // What answers a change itself is no page to come back to.
  show(html, options.method && !answer.redirected ? location.href : answer.url, keep);
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function failed() {
  const main = document.querySelector('main');
  main.removeAttribute('aria-busy');
  main.querySelector('#failed')?.remove();
  main.prepend(make('p', {id: 'failed', className: 'notice', role: 'alert', textContent: main.dataset.failed}));
}

// An upload, with its progress: what has left the browser, and then the wait for the server.
function upload(form, to) {
  const main = document.querySelector('main');
  const progress = make('progress', {ariaLabel: main.dataset.upload, tabIndex: -1});
  main.prepend(progress);
  progress.focus();
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => {
    if (event.loaded < event.total) progress.value = event.loaded / event.total;
    else progress.removeAttribute('value');
  };
  request.onload = () => show(request.responseText, request.responseURL);
  request.onerror = () => {
    progress.remove();
    failed();
  };
  request.open('POST', to);
  request.setRequestHeader('Accept', 'text/html');
  request.send(form);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]');
  if (link && !event.button && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    const url = new URL(link.href);
    if (!ours(url) || (url.hash && url.pathname === location.pathname)) return;
    event.preventDefault();
    load(url);
  }
});

document.addEventListener('submit', (event) => {
  const form = event.target, by = event.submitter;
  if (by?.dataset.confirm && !confirm(by.dataset.confirm)) return event.preventDefault();
  const url = new URL(by?.hasAttribute('formaction') ? by.formAction : form.getAttribute('action'), location.href);
  if (!ours(url)) return;
  event.preventDefault();
  const data = new FormData(form);
  if (by?.name) data.append(by.name, by.value);
  if (form.enctype === 'multipart/form-data') return upload(data, url);
  const fields = new URLSearchParams(data);
  if (form.method === 'get') {
    url.search = fields;
    return load(url);
  }
  load(url, {method: 'POST', body: fields}, true);
});

// Files that are dropped on a folder's page go into that folder.
addEventListener('dragover', (event) => {
  if (document.querySelector('[data-drop]')) event.preventDefault();
});
addEventListener('drop', (event) => {
  const folder = document.querySelector('[data-drop]')?.dataset;
  if (!folder || !event.dataTransfer.files.length) return;
  event.preventDefault();
  const data = new FormData();
  data.append('csrf', folder.csrf);
  data.append('folder', folder.folder);
  for (const file of event.dataTransfer.files) data.append('file', file);
  upload(data, '/file/upload');
});

addEventListener('popstate', () => load(location.href));

// Adds what only a script can do; the words for it are with what it belongs to.
function enhance() {
  for (const link of document.querySelectorAll('[data-drop]')) link.title = link.dataset.drop;
  for (const cell of document.querySelectorAll('[data-all]')) {
    const all = make('input', {type: 'checkbox', ariaLabel: cell.dataset.all});
    all.onchange = () => {
      for (const box of document.getElementsByName('id')) box.checked = all.checked;
    };
    cell.replaceChildren(all);
  }
  for (const code of document.querySelectorAll('[data-copy] code')) {
    const {copy, copied} = code.closest('[data-copy]').dataset;
    const what = code.parentElement.previousElementSibling?.textContent ?? '';
    const button = make('button', {type: 'button', className: 'plain', textContent: copy, ariaLabel: `${copy} ${what}`});
    button.onclick = async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = button.ariaLabel = copied;
    };
    code.after(' ', button);
  }
}
enhance();
