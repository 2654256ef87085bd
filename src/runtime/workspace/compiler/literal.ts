import type { JsonValue } from '../../../base/json.ts';

/**
 * A string as a TypeScript literal in single quotes (double ones where that saves escapes, as formatters do). No input can end the
 * literal: quotes, backslashes, controls, line separators and lone surrogates are escaped.
 */
export function stringLiteral(text: string): string {
  const json = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/[\u2028\u2029\u007f-\u009f\ufeff]/g, escapeUnit);
  const quote = json.split("'").length > json.split('"').length ? '"' : "'";
  return quote + json.replaceAll(quote, `\\${quote}`) + quote;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A JSON value as a TypeScript expression on one line. A key `__proto__` is computed, so that it is a member and no prototype. */
export function valueLiteral(value: JsonValue): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(valueLiteral).join(', ')}]`;
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${memberKey(key)}: ${valueLiteral(member)}`],
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** A key of an object literal or type, quoted only where it must be. */
export function memberKey(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return PLAIN_KEY.test(key) ? key : stringLiteral(key);
}

/** Text of the specification made safe inside a comment or on one line of a document: one line, no control characters, no comment end. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .trim();
}

/** `text` cut to `limit` characters, with an ellipsis. */
export function shortened(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit
    ? text
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}

/** `a Report`, `an Order`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A doc comment: one line if it fits, else wrapped. `@` is kept from starting a JSDoc tag. */
export function docComment(paragraphs: readonly string[], indent = ''): string {
  const texts = paragraphs.map((text) => oneLine(text).replace(/(^|\s|\{)@/g, '$1\\@')).filter((text) => text !== '');
  if (texts.length === 0) return '';
  const [only] = texts;
  if (texts.length === 1 && only !== undefined && indent.length + only.length + 7 <= 120) return `${indent}/** ${only} */\n`;
  const lines = texts.flatMap((text, index) => [...(index === 0 ? [] : ['']), ...wrapped(text, 114 - indent.length)]);
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

/** Breaks text between words; a word longer than the width stands alone. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
