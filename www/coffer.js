// Coffer's script. Every page works without it; with it nothing reloads that need not and digests
// can be copied. upload/ is loaded where files can be given, and stays while one walks on.

const ours = (url) => url.origin === location.origin && !url.pathname.startsWith('/file/down');

// Only the latest of several requests may show its answer.
let latest = 0;

// Puts the page that came from `url` in the place of this one. What had the focus keeps it if the
// new page has it too; else the heading gets it, so that a screen reader says where one is. With
// `keep` it stays scrolled as it is; if that is 'quiet' nobody has asked for it, and no focus moves:
// the list of uploads is the same on both.
function show(html, url, keep) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  if (!page.querySelector('main')) return location.assign(url);
  const focused = document.activeElement;
  if (url !== location.href) history.pushState(null, '', url);
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(page.body);
  enhance();
  const next = document.getElementById(focused?.id) ?? (keep === 'quiet' ? focused : document.querySelector('h1'));
  if (next && next.matches('h1')) next.tabIndex = -1;
  if (next) next.focus({preventScroll: true});
  if (!keep) scrollTo(0, 0);
}

export async function load(url, options = {}, keep = false) {
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

export function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function failed() {
  const main = document.querySelector('main');
  main.removeAttribute('aria-busy');
  main.querySelector('#failed')?.remove();
  main.prepend(make('p', {id: 'failed', className: 'notice', role: 'alert', textContent: main.dataset.failed}));
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
  if (!ours(url) || (form.enctype === 'multipart/form-data' && !uploads)) return;
  event.preventDefault();
  const data = new FormData(form);
  if (by?.name) data.append(by.name, by.value);
  if (form.enctype === 'multipart/form-data') return uploads.submit(form);
  const fields = new URLSearchParams(data);
  if (form.method === 'get') {
    url.search = fields;
    return load(url);
  }
  load(url, {method: 'POST', body: fields}, true);
});

addEventListener('popstate', () => load(location.href));

// What sends files, once a page has wanted it.
let uploads;
async function attach_uploads() {
  if (!uploads && document.querySelector('#uploads')) uploads = await import('/upload/page.js');
  uploads?.attach();
}

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
  attach_uploads();
}
enhance();
