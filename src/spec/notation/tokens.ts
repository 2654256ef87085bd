import { NotationFault } from './syntax.ts';

export interface NotationToken {
  kind: 'name' | 'string' | 'number' | 'mark' | 'end';
  /** A string's content; otherwise as written. */
  text: string;
  offset: number;
  /** Offset after it. */
  end: number;
  /** A line ends between the token before and this one: newlines may stand for commas. */
  newLine: boolean;
}

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*(?:-[\p{L}\p{N}_$]+)*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const MARKS = '{}()[]<>:;,|?=&.';
const WIDE_MARKS = new Map([
  ['：', ':'],
  ['，', ','],
  ['；', ';'],
  ['｜', '|'],
  ['？', '?'],
]);
const QUOTES = new Map([
  ["'", "'"],
  ['"', '"'],
  ['‘', '’'],
  ['“', '”'],
]);

/** Reads tokens of `text` from `from` up to `to`; backticks count as blanks, so that a notation may span several code spans. */
export class TokenReader {
  readonly #text: string;
  readonly #to: number;
  #at: number;
  #newLine = false;

  constructor(text: string, from: number, to: number) {
    this.#text = text;
    this.#at = from;
    this.#to = to;
  }

  next(): NotationToken {
    this.#newLine = false;
    this.#skipBlanks();
    const offset = this.#at;
    const char = this.#text.charAt(offset);
    if (offset >= this.#to) return this.#token('end', '', this.#to);
    const close = QUOTES.get(char);
    if (close !== undefined) return this.#string(close);
    const mark = MARKS.includes(char) ? char : WIDE_MARKS.get(char);
    if (mark !== undefined) return this.#token('mark', mark, offset + 1);
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#token('number', number, offset + number.length);
    const name = this.#match(NAME);
    if (name !== undefined) return this.#token('name', name, offset + name.length);
    throw new NotationFault(offset, `${printed(char)} does not belong in a schema.`, {
      hint: 'A schema looks like `{ id: UUID, tags: string[] }`.',
    });
  }

  #token(kind: NotationToken['kind'], text: string, end: number): NotationToken {
    const token = { kind, text, offset: this.#at, end, newLine: this.#newLine };
    this.#at = end;
    return token;
  }

  #skipBlanks(): void {
    for (; this.#at < this.#to; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '\n') this.#newLine = true;
      else if (char === '/' && this.#skipComment()) continue;
      else if (char !== '`' && char.trim() !== '') return;
    }
  }

  /** `// to the end of the line` and block comments; leaves the position on the comment's last character. */
  #skipComment(): boolean {
    const second = this.#text.charAt(this.#at + 1);
    if (second !== '/' && second !== '*') return false;
    const end = second === '/' ? this.#text.indexOf('\n', this.#at) - 1 : this.#text.indexOf('*/', this.#at + 2) + 1;
    this.#at = end <= this.#at ? this.#to : end;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    return found?.slice(0, this.#to - this.#at);
  }

  #string(close: string): NotationToken {
    const start = this.#at;
    let value = '';
    for (let at = start + 1; at < this.#to; at++) {
      const char = this.#text.charAt(at);
      if (char === close) return this.#token('string', value, at + 1);
      if (char === '\n') break;
      if (char === '\\') at += 1;
      value += char === '\\' ? this.#text.charAt(at) : char;
    }
    throw new NotationFault(start, 'This quote is never closed.', { hint: `Put ${close} after the text, on the same line.` });
  }
}

/** A character for a message: itself in quotes, or its code point where it cannot be seen. */
export function printed(char: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(char)
    ? `\`${char}\``
    : `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
