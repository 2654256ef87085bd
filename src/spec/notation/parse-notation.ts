import { printed, TokenReader, type NotationToken } from './tokens.ts';
import { type Field, NotationFault, type TypeNode } from './syntax.ts';

const MAX_DEPTH = 64;

export interface Notation {
  type: TypeNode;
  /** Offset after the last token that belongs to the notation. */
  end: number;
}

/** Parses `{ field: type, … }` in `text` between two offsets. Throws `NotationFault`. */
export function parseNotation(text: string, from: number, to: number): Notation {
  return new NotationParser(new TokenReader(text, from, to)).parse();
}

/** Recursive descent; every rule is named after what it reads, and the depth is bounded. */
class NotationParser {
  readonly #reader: TokenReader;
  #token: NotationToken;
  #end = 0;
  #depth = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
    this.#token = reader.next();
  }

  parse(): Notation {
    const type = this.#union();
    return { type, end: this.#end };
  }

  #union(): TypeNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      const hint = 'Give the inner part a contract of its own and refer to it by name.';
      throw new NotationFault(this.#token.offset, `The schema is nested more than ${MAX_DEPTH} levels deep.`, {
        hint,
        code: 'SPEC_NOTATION_DEPTH',
      });
    }
    this.#takeIf('|');
    const options = [this.#postfix()];
    while (this.#takeIf('|')) options.push(this.#postfix());
    this.#depth -= 1;
    const [only] = options;
    return only !== undefined && options.length === 1 ? only : { kind: 'union', options };
  }

  #postfix(): TypeNode {
    let type = this.#primary();
    for (let count = 0; this.#at('['); count++) {
      if (count === MAX_DEPTH) throw this.#unexpected('a shallower array');
      this.#advance();
      this.#expect(']');
      type = { kind: 'array', items: type };
    }
    return type;
  }

  #primary(): TypeNode {
    const token = this.#token;
    if (token.kind === 'string') return this.#literal(token.text);
    if (token.kind === 'number') return this.#number(token);
    if (token.kind === 'name') return this.#named();
    if (this.#takeIf('{')) return { kind: 'object', fields: this.#fields() };
    if (this.#takeIf('(')) {
      const type = this.#union();
      this.#expect(')');
      return type;
    }
    throw this.#unexpected('a type');
  }

  #number({ text, offset }: NotationToken): TypeNode {
    if (Number.isFinite(Number(text))) return this.#literal(Number(text));
    throw new NotationFault(offset, `${text} is too large for a number.`, {
      hint: 'Numbers are IEEE 754 doubles; use a string.',
    });
  }

  #literal(value: string | number | boolean | null): TypeNode {
    const { offset } = this.#token;
    this.#advance();
    return { kind: 'literal', value, offset };
  }

  #named(): TypeNode {
    const { text, offset } = this.#token;
    const constant = CONSTANTS.get(text);
    if (constant !== undefined) return this.#literal(constant);
    this.#advance();
    const generic = GENERICS.get(text.toLowerCase());
    if (generic !== undefined && this.#at('<')) return this.#generic(generic);
    return { kind: 'name', name: text, offset };
  }

  #generic(generic: 'array' | 'map'): TypeNode {
    this.#expect('<');
    const first = this.#union();
    const second = generic === 'map' && this.#takeIf(',') ? this.#union() : undefined;
    this.#expect('>');
    if (generic === 'array') return { kind: 'array', items: first };
    return second === undefined ? { kind: 'map', keys: undefined, values: first } : { kind: 'map', keys: first, values: second };
  }

  #fields(): Field[] {
    const fields: Field[] = [];
    while (!this.#takeIf('}')) {
      fields.push(this.#field());
      const separated = this.#takeIf(',') || this.#takeIf(';');
      if (!separated && !this.#token.newLine && !this.#at('}')) throw this.#unexpected('`,` or `}`');
    }
    return fields;
  }

  #field(): Field {
    const { kind, text: name, offset } = this.#token;
    if (kind !== 'name' && kind !== 'string') throw this.#unexpected('a field name');
    this.#advance();
    const optional = this.#takeIf('?');
    this.#expect(':');
    return { name, optional, type: this.#union(), offset };
  }

  #advance(): void {
    this.#end = this.#token.end;
    this.#token = this.#reader.next();
  }

  #at(mark: string): boolean {
    return this.#token.kind === 'mark' && this.#token.text === mark;
  }

  #takeIf(mark: string): boolean {
    if (!this.#at(mark)) return false;
    this.#advance();
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takeIf(mark)) throw this.#unexpected(`\`${mark}\``);
  }

  #unexpected(wanted: string): NotationFault {
    const { kind, text, offset } = this.#token;
    const found = kind === 'end' ? 'the schema ends' : `there is ${kind === 'mark' ? printed(text) : `\`${text}\``}`;
    return new NotationFault(kind === 'end' ? this.#end : offset, `Expected ${wanted}, but ${found} here.`, {
      hint: HINTS.get(text) ?? PATTERN,
    });
  }
}

const CONSTANTS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const GENERICS = new Map<string, 'array' | 'map'>([
  ['array', 'array'],
  ['list', 'array'],
  ['map', 'map'],
  ['record', 'map'],
]);

const PATTERN = "Write fields as `name: type`, separated by commas: `{ id: UUID, state?: 'on' | 'off', tags: string[] }`.";

const HINTS = new Map([
  ['&', 'Types cannot be intersected; list all fields in one object.'],
  ['[', 'Write `map<string, T>` for an object with free keys, and `T[]` for a list.'],
  ['=', 'There are no default values; write `name: type` or `name?: type`.'],
  ['<', 'Only `array<T>` and `map<string, T>` take types in angle brackets.'],
]);
