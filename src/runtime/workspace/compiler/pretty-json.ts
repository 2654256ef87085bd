import type { JsonValue } from '../../../base/json.ts';

const WIDTH = 120;

/** JSON as formatters leave it: objects open, arrays of scalars on one line where they fit; keys in the order given. Ends with a line break. */
export function prettyJson(value: JsonValue): string {
  return `${pretty(value, '', 0)}\n`;
}

function pretty(value: JsonValue, indent: string, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isArray(value)) {
    const flat = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (value.every((item) => typeof item !== 'object' || item === null) && used + flat.length < WIDTH) return flat;
    return `[\n${value.map((item) => inner + pretty(item, inner, inner.length)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return [];
    const head = `${inner}${JSON.stringify(key)}: `;
    return [head + pretty(member, inner, head.length)];
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
