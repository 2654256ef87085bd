import { messageOf } from '../../../base/errors.ts';
import type { JsonObject, JsonValue } from '../../../base/json.ts';

/** A JSON text (RFC 8259), read, and where its objects and the elements of its arrays stand. */
export interface LocatedJson {
  value: JsonValue;
  /** Offsets of an object's braces. */
  spanOf(object: JsonObject): { start: number; end: number };
  /** Offset of the first character of an array's element. */
  elementAt(array: readonly JsonValue[], index: number): number;
}

/** Deeper texts are refused, so that whatever walks the value may recurse. */
const MAX_DEPTH = 64;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Space, tab, line feed, carriage return. */
const BLANKS = [0x20, 0x09, 0x0a, 0x0d];
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class Fault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Reads a JSON text in one pass; `JSON.parse` says where nothing stands. Line ends inside of strings are let pass. */
export function readLocatedJson(text: string): LocatedJson | { fault: string; offset: number } {
  const reader = new LocatedReader(text);
  try {
    const value = reader.read();
    return {
      value,
      spanOf: (object) => reader.spans.get(object) ?? { start: 0, end: 0 },
      elementAt: (array, index) => reader.elements.get(array)?.[index] ?? 0,
    };
  } catch (error) {
    return { fault: messageOf(error), offset: error instanceof Fault ? error.offset : 0 };
  }
}

class LocatedReader {
  readonly spans = new Map<object, { start: number; end: number }>();
  readonly elements = new Map<object, readonly number[]>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonValue {
    const value = this.#value(0);
    if (this.#next() !== '') throw new Fault('There is text after the end of the JSON value.', this.#at);
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new Fault(`It is nested more than ${MAX_DEPTH} levels deep.`, this.#at);
    const next = this.#next();
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#array(depth);
    return next === '"' ? this.#string() : this.#literal();
  }

  #object(depth: number): JsonObject {
    const start = this.#at++;
    const object: Record<string, JsonValue> = {};
    for (let more = this.#next() !== '}'; more; more = this.#comma('}')) {
      if (this.#next() !== '"') throw this.#unexpected('a key in quotes');
      const key = this.#string();
      this.#take(':');
      const value = this.#value(depth + 1);
      if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true });
      else object[key] = value;
    }
    this.#take('}');
    this.spans.set(object, { start, end: this.#at - 1 });
    return object;
  }

  #array(depth: number): JsonValue[] {
    this.#at += 1;
    const array: JsonValue[] = [];
    const starts: number[] = [];
    for (let more = this.#next() !== ']'; more; more = this.#comma(']')) {
      this.#next();
      starts.push(this.#at);
      array.push(this.#value(depth + 1));
    }
    this.#take(']');
    this.elements.set(array, starts);
    return array;
  }

  /** Whether another member follows. */
  #comma(end: string): boolean {
    const next = this.#next();
    if (next === end) return false;
    if (next !== ',') throw this.#unexpected(`\`,\` or \`${end}\``);
    this.#at += 1;
    return true;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && this.#isEscaped(end, start)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw new Fault('A string has no end.', start);
    this.#at = end + 1;
    const inner = this.#text.slice(start + 1, end);
    return inner.includes('\\') ? unescaped(inner, start) : inner;
  }

  #isEscaped(quote: number, start: number): boolean {
    let at = quote - 1;
    while (at > start && this.#text[at] === '\\') at -= 1;
    return (quote - at) % 2 === 0;
  }

  #literal(): JsonValue {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text)?.[0];
    if (number === undefined) throw this.#unexpected('a value');
    this.#at += number.length;
    return Number(number);
  }

  /** The next character that is not blank; empty at the end. */
  #next(): string {
    while (BLANKS.includes(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #take(char: string): void {
    if (this.#next() !== char) throw this.#unexpected(`\`${char}\``);
    this.#at += 1;
  }

  #unexpected(wanted: string): Fault {
    const found = this.#text.charAt(this.#at);
    return new Fault(`Here should be ${wanted}, and there is ${found === '' ? 'the end' : `\`${found}\``}.`, this.#at);
  }
}

function unescaped(inner: string, offset: number): string {
  try {
    const value: unknown = JSON.parse(`"${inner.replace(/[\n\t\r]/g, (char) => JSON.stringify(char).slice(1, -1))}"`);
    return String(value);
  } catch (error) {
    throw new Fault(messageOf(error), offset);
  }
}
