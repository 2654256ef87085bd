import type { JsonObject, JsonValue } from '../../base/json.ts';

/** An action in words: `run npm test`, `write src/a.ts`. */
export function shortDeed({ kind, ...members }: JsonObject): string {
  const values = Object.values(members).map((value) => (Array.isArray(value) ? value.map(wordOf).join(' ') : wordOf(value)));
  return [wordOf(kind), ...values].join(' ');
}

/** One word as it is, what is more in quotes: `rm "a b"` is not `rm a b`. */
function wordOf(value: JsonValue | undefined): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return '?';
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(value) && !/["'`]/.test(value) ? value : JSON.stringify(value);
}
