// What the uploads say. The words come with the page, in its language, as data of #uploads; a page
// without that element is told in the words of the last one that had it.

export const words = {};

// words.key with its {} filled in; of "{} file|{} files" the form that goes with the first value.
export function say(key, ...values) {
  const forms = (words[key] ?? key).split('|');
  const text = forms.length > 1 && values[0] !== 1 ? forms[1] : forms[0];
  return text.replace(/\{\}/g, () => values.shift());
}

export function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  for (; count >= 999.5 && unit < units.length - 1; unit++) count /= 1000;
  return `${Number(count.toFixed(unit && count < 99.5 ? 1 : 0))} ${units[unit]}`;
}

export function duration(seconds) {
  const [unit, length] = seconds < 90 ? ['second', 1] : seconds < 5400 ? ['minute', 60] : ['hour', 3600];
  return new Intl.NumberFormat(document.documentElement.lang, {style: 'unit', unit}).format(Math.ceil(seconds / length));
}
