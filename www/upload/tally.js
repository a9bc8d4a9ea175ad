// What the uploads come to: how far they are, how fast it goes, and how many are in which state.

const paused = ({state}) => state === 'paused' || state === 'choose';

// What half a second brings, smoothed: of what was really sent, not of what was there already.
function measure(thing, now) {
  if (thing.before?.sent > thing.sent) thing.before = undefined;
  const before = thing.before ??= {sent: thing.sent, now};
  if (now - before.now < 400) return;
  const rate = (thing.sent - before.sent) * 1000 / (now - before.now);
  thing.rate = thing.rate ? 0.8 * thing.rate + 0.2 * rate : rate;
  thing.before = {sent: thing.sent, now};
}

// Their sum goes into `whole`.
export function measure_all(items, whole, going) {
  const now = Date.now();
  Object.assign(whole, {at: 0, size: 0, sent: 0});
  for (const item of items) {
    whole.sent += item.sent;
    if (item.state === 'sending') measure(item, now);
    else item.rate = item.before = undefined;
    if (item.state === 'failed' || paused(item)) continue;
    whole.at += item.at;
    whole.size += item.size;
  }
  if (going) measure(whole, now);
  else whole.rate = whole.before = undefined;
}

export function count_all(items) {
  const count = {done: 0, failed: 0, paused: 0, choose: 0};
  for (const item of items) {
    if (paused(item)) count.paused++;
    if (item.state !== 'paused' && item.state in count) count[item.state]++;
  }
  return count;
}
