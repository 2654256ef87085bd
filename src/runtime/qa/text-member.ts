import type { JsonValue } from '../../base/json.ts';

/** A value of a document as text, and `fallback` for anything that is none. */
export function textMember(value: JsonValue | undefined, fallback = ''): string {
  return typeof value === 'string' ? value : fallback;
}
