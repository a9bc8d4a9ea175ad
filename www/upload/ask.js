// One request, and what its answer means for an upload.

import {heard} from './rest.js';

// The form token of the last page that knew who asks.
export const here = {csrf: ''};

// The line counts as broken if nothing has moved for so many milliseconds. The answer to a body may
// take longer: as much again, and the time for it to be saved.
const SILENCE = 30_000;
const patience = (bytes) => 2 * SILENCE + bytes / 20_000;

// Why an upload does not go on. With `again` it may by itself, after `after` seconds if that is
// said; else `message` is for the user. What was stopped on purpose is neither.
export class Trouble extends Error {
  constructor(message, {again = false, after = 0, status = 0} = {}) {
    super(message);
    Object.assign(this, {again, after, status});
  }
}

// How many seconds the server wants to be left alone.
const rest_of = (answer) => Number(answer.getResponseHeader('Retry-After')) || 0;

// The answer to a request, whatever its status, or a Trouble if there is none. item.stop() ends it,
// and none begins while an item is halted;
// `moved` is told how many bytes of the body have left.
export function ask(item, method, url, {headers = {}, body, moved} = {}) {
  return new Promise((resolve, reject) => {
    if (item.halted) return reject(new Trouble(''));
    const request = new XMLHttpRequest();
    let timer, silent = false;
    const watch = (time) => {
      clearTimeout(timer);
      timer = setTimeout(() => { silent = true; request.abort(); }, time);
    };
    const told = method === 'GET' ? () => {} : heard;
    const broken = () => {
      told(0);
      reject(new Trouble('', {again: true}));
    };
    request.open(method, url);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (moved) request.upload.onprogress = (event) => {
      watch(event.loaded < event.total ? SILENCE : patience(event.total));
      moved(event.loaded);
    };
    request.onload = () => {
      told(request.status, rest_of(request));
      resolve(request);
    };
    request.onerror = broken;
    request.onabort = () => silent ? broken() : reject(new Trouble(''));
    request.onloadend = () => clearTimeout(timer);
    watch(SILENCE);
    item.stop = () => request.abort();
    request.send(body);
  });
}

export function json(answer) {
  try {
    return JSON.parse(answer.responseText);
  } catch {
    return {};
  }
}

const passes = [408, 423, 425, 429, 500, 502, 503, 504];

// The answer, if it is a good one; else a Trouble with the server's own sentence.
export function good(answer) {
  const {status} = answer;
  if (status >= 200 && status < 300) return answer;
  const {detail, title} = json(answer);
  throw new Trouble(detail ?? title ?? `${status} ${answer.statusText}`,
    {status, again: passes.includes(status), after: rest_of(answer)});
}

export const form = (fields) => ({body: new URLSearchParams({csrf: here.csrf, ...fields})});
