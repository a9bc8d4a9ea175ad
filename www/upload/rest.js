// When a server that is away is asked again: after a rest, by one upload for all. What only reads
// may be answered by another one, and says nothing about it.

const AWAY = [0, 429, 502, 503, 504];
const LONGEST = 30;

let tries = 0, until = 0, go_on = () => {};

// `then` is called when it is worth while to ask again.
export const on_rested = (then) => { go_on = then; };

// How many seconds to wait after so many tries, if the server says `after`, never the same.
export const backoff = (tries, after) => Math.max(after, Math.min(LONGEST, 2 ** (tries - 1))) * (1 + Math.random() / 2);

// Whether the server was away when it was asked last, and the time before which nobody asks again.
export const away = () => tries > 0;
export const rests_until = () => until;

// The status of an answer, or 0 for none. Of many that were on their way the first one counts.
export function heard(status, after = 0) {
  if (!AWAY.includes(status)) return wake();
  if (Date.now() < until) return;
  const seconds = backoff(++tries, after);
  until = Date.now() + 1000 * seconds;
  setTimeout(go_on, 1000 * seconds + 10);
}

// It answers, or somebody wants to know at once.
export function wake() {
  if (!tries) return;
  tries = until = 0;
  go_on();
}
