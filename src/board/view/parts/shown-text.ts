/** Characters that are not seen, or that make a line read otherwise than it is written (Unicode TR 36). */
const HIDDEN = /(?![\t\n])\p{Cc}|\p{Bidi_Control}|\p{Cs}|[\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/gu;

/** Text of others as it may be shown: nothing hidden in it, and no longer than this. */
export function shownText(text: string, most = 300): string {
  const cut = text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
  return cut.replaceAll(HIDDEN, '\ufffd');
}

/** `3m ago`, `in 2h`. */
export function fromNow(time: number, now: number): string {
  const seconds = Math.round(Math.abs(now - time) / 1000);
  if (seconds < 5) return 'now';
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ['s', 1];
  const text = `${Math.floor(seconds / length)}${unit}`;
  return time > now ? `in ${text}` : `${text} ago`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** `1.2M`, `34.5k`, `812`. */
export function compact(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`;
  return count >= 1e4 ? `${(count / 1e3).toFixed(1)}k` : String(Math.round(count * 100) / 100);
}

export function bytesText(count: number): string {
  if (count >= 1_048_576) return `${(count / 1_048_576).toFixed(1)} MiB`;
  return count >= 1024 ? `${(count / 1024).toFixed(1)} KiB` : `${count} B`;
}
