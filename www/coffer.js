// Coffer's one script. Every page works without it; with it nothing reloads that need not, an
// upload shows how far it is and takes files that are dropped, and digests can be copied.
'use strict';

const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
const ours = (url) => url.origin === location.origin && !url.pathname.startsWith('/file/down');

// Only the latest of several requests may show its answer.
let latest = 0;

// Puts the page that came from `url` in the place of this one. What had the focus keeps it if the
// new page has it too; else the heading gets it, so that a screen reader says where one is.
function show(html, url, keep) {
  const page = parse(html);
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

function failed() {
  document.querySelector('main').removeAttribute('aria-busy');
  document.getElementById('offline').hidden = false;
}

// An upload, with its progress. The browser says how much has left; the rest is the server's work.
function upload(form, to) {
  const request = new XMLHttpRequest();
  const progress = document.getElementById('progress');
  progress.hidden = false;
  progress.focus();
  request.upload.onprogress = (event) => {
    if (event.loaded < event.total) progress.value = event.loaded / event.total;
    else progress.removeAttribute('value');
  };
  request.onload = () => show(request.responseText, request.responseURL);
  request.onerror = () => {
    progress.hidden = true;
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
  const copy = event.target.closest('button.copy');
  if (copy)
    navigator.clipboard.writeText(copy.parentElement.querySelector('code').textContent).then(() => {
      copy.textContent = copy.dataset.done;
    });
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

document.addEventListener('change', (event) => {
  if (event.target.id !== 'all') return;
  for (const box of document.querySelectorAll('tbody input[name=id]')) box.checked = event.target.checked;
});

// Files that are dropped on a folder's page go into that folder.
addEventListener('dragover', (event) => {
  if (document.getElementById('drop')) event.preventDefault();
});
addEventListener('drop', (event) => {
  const drop = document.getElementById('drop');
  if (!drop || !event.dataTransfer.files.length) return;
  event.preventDefault();
  const data = new FormData();
  data.append('csrf', drop.dataset.csrf);
  data.append('folder', drop.dataset.folder);
  for (const file of event.dataTransfer.files) data.append('file', file);
  upload(data, '/file/upload');
});

addEventListener('popstate', () => load(location.href));

// Shows what is there only for who has a script.
function enhance() {
  for (const element of document.querySelectorAll('.script')) element.hidden = false;
}
enhance();
