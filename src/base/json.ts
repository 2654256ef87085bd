import canonicalize from 'canonicalize';

export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** JSON Canonicalization Scheme, RFC 8785: one text for one value, whatever the key order. Undefined members are left out. */
export function canonicalJson(value: JsonValue): string {
  return shortCanonicalJson(value) ?? [...canonicalPieces(value)].join('');
}

/** As `canonicalJson`; undefined where the text is better not made as a whole. */
export function shortCanonicalJson(value: JsonValue): string | undefined {
  if (isInOrder(value)) return JSON.stringify(value);
  return isLong(value) ? undefined : textOf(value);
}

/**
 * Whether RFC 8785 has it as `JSON.stringify` writes it, which takes half the time: all members stand in the order of their names, and nothing is long. Every entry of the
 * log and every key of a task passes here, and most are made in this order.
 */
function isInOrder(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return value.length <= LONG_TEXT && value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'boolean';
  if (!isJsonObject(value)) return value.length <= PIECE && value.every(isInOrder);
  let last = '';
  for (const name in value) {
    const member = value[name];
    // By UTF-16 code units, as RFC 8785 wants it and `<` does it.
    if (name < last || !name.isWellFormed() || (member !== undefined && !isInOrder(member))) return false;
    last = name;
  }
  return value['toJSON'] === undefined;
}

/** As `canonicalize` has it, in half the time for what is plain. */
function textOf(value: JsonValue): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (isJsonObject(value) && value['toJSON'] === undefined) return objectText(value);
  // Also says what is wrong with what has no text.
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

function objectText(value: JsonObject): string {
  let text = '';
  // By UTF-16 code units, as RFC 8785 wants it and `sort` does it.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) text += `${text === '' ? '{' : ','}${textOf(key)}:${textOf(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** What needs no escaping. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Members of a list whose text is made at once. */
const PIECE = 500;

/** Characters of a string that counts as long. */
const LONG_TEXT = 64 * 1024;

/** Levels of objects that are searched for what is long. */
const LEVELS = 2;

/** The UTF-8 of `canonicalJson`, made without the whole text. */
export function canonicalBytes(value: JsonValue): Buffer {
  const text = shortCanonicalJson(value);
  if (text !== undefined) return Buffer.from(text);
  const pieces = [...canonicalPieces(value)];
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let end = 0;
  for (const piece of pieces) end += bytes.write(piece, end);
  return bytes;
}

/**
 * The text of `canonicalJson` piece by piece. While the text of a list is made, it takes many times its size, and that of a string is copied at
 * each level; what is long is better not there as a whole.
 */
export function* canonicalPieces(value: JsonValue, levels = LEVELS): Generator<string> {
  if (!isLong(value, levels)) yield textOf(value);
  else if (isJsonObject(value)) yield* objectPieces(value, levels - 1);
  else if (typeof value === 'object' && value !== null) yield* listPieces(value);
  else yield textOf(value);
}

function* objectPieces(value: JsonObject, levels: number): Generator<string> {
  let mark = '{';
  // By UTF-16 code units, as RFC 8785 wants it and `sort` does it.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    yield `${mark}${textOf(key)}:`;
    yield* canonicalPieces(member, levels);
    mark = ',';
  }
  yield '}';
}

function* listPieces(list: readonly JsonValue[]): Generator<string> {
  for (let at = 0; at < list.length; at += PIECE) {
    yield `${at === 0 ? '[' : ','}${textOf(list.slice(at, at + PIECE)).slice(1, -1)}`;
  }
  yield ']';
}

/** Whether its text is better not made as a whole. */
function isLong(value: JsonValue | undefined, levels = LEVELS): boolean {
  if (typeof value === 'string') return value.length > LONG_TEXT;
  if (typeof value !== 'object' || value === null) return false;
  if (!isJsonObject(value)) return value.length > PIECE;
  if (levels === 0) return false;
  for (const key in value) if (isLong(value[key], levels - 1)) return true;
  return false;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How many of something there are. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The value of a JSON text; undefined for what is none. Bound the text before. */
export function parsedJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
