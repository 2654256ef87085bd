import type { ProtoEnum, ProtoField, ProtoFile, ProtoMethod, ProtoService } from './syntax.ts';
import { protoTokens, type Token } from './tokens.ts';

/** Messages nested deeper than this are passed over. */
const MAX_DEPTH = 32;
/** Further faults of a file are not told. */
const MAX_FAULTS = 20;
const LABELS = new Set(['repeated', 'required', 'optional']);

/** Reads a `.proto` file (proto2, proto3, editions). What is not understood is passed over to the next statement, and noted. */
export function parseProto(text: string): ProtoFile {
  return new ProtoParser(protoTokens(text)).parse();
}

class ProtoParser {
  readonly #tokens: readonly Token[];
  readonly #file: ProtoFile = { package: '', messages: [], enums: [], services: [], faults: [] };
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): ProtoFile {
    while (this.#next.type !== 'end') this.#statement();
    return this.#file;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '', at: 0 };
  }

  #take(): Token {
    const token = this.#next;
    if (token.type !== 'end') this.#at += 1;
    return token;
  }

  /** Takes the next token if it is this one. */
  #accept(text: string): boolean {
    if (this.#next.text !== text || this.#next.type === 'text') return false;
    this.#take();
    return true;
  }

  #statement(): void {
    const { text, at } = this.#next;
    if (this.#accept(';')) return;
    if (text === 'message') return this.#message('', 0);
    if (text === 'enum') return this.#enum('');
    if (text === 'service') return this.#service();
    if (text === 'package') {
      this.#take();
      this.#file.package = this.#next.type === 'word' ? this.#next.text.replace(/^\./, '') : '';
    } else if (text === 'extend') this.#fault('`extend` is not read: fields of other messages are left out.', at);
    else if (!['syntax', 'edition', 'import', 'option'].includes(text))
      this.#fault(`\`${text.slice(0, 40).replace(/[`\s]+/g, ' ')}\` begins no statement.`, at);
    this.#skip();
  }

  /** Passes over the rest of a statement: to its `;`, or over its braces. A brace that closes what is around it stays. */
  #skip(): void {
    let depth = 0;
    while (this.#next.type !== 'end') {
      if (this.#next.text === '}' && depth === 0) {
        if (this.#open === 0) this.#take();
        return;
      }
      const { text, type } = this.#take();
      if (type !== 'mark') continue;
      if (text === '{') depth += 1;
      if (text === '}') depth -= 1;
      if (depth === 0 && (text === ';' || (text === '}' && this.#next.text !== ';'))) return;
    }
  }

  /** Blocks that are open around the statement. */
  #open = 0;

  /** Reads statements up to the closing brace. */
  #block(what: string, statement: () => void): number {
    const opening = this.#next.at;
    if (!this.#accept('{')) {
      this.#fault(`${what} has no block.`, opening);
      this.#skip();
      return opening;
    }
    this.#open += 1;
    while (this.#next.type !== 'end' && this.#next.text !== '}') if (!this.#accept(';')) statement();
    this.#open -= 1;
    const end = this.#next.at;
    if (!this.#accept('}')) this.#fault(`${what} is never closed.`, opening);
    return end;
  }

  #name(): string {
    return this.#next.type === 'word' ? this.#take().text : '';
  }

  #fullName(name: string): string {
    return this.#file.package === '' ? name : `${this.#file.package}.${name}`;
  }

  #message(outer: string, depth: number): void {
    const from = this.#take().at;
    this.#body({ name: this.#name(), outer, depth, from });
  }

  #body({ name, outer, depth, from }: { name: string; outer: string; depth: number; from: number }): void {
    if (depth > MAX_DEPTH || name === '') {
      this.#fault(name === '' ? 'A message has no name.' : `Messages are nested more than ${MAX_DEPTH} levels deep.`, from);
      return this.#skip();
    }
    const path = outer === '' ? name : `${outer}.${name}`;
    const message = { fullName: this.#fullName(path), name: path, fields: [] as ProtoField[], from, to: from };
    this.#file.messages.push(message);
    message.to = this.#block(`The message \`${path}\``, () => this.#member({ path, depth, fields: message.fields }));
  }

  #member(inside: { path: string; depth: number; fields: ProtoField[] }, oneof?: string): void {
    const { text, at } = this.#next;
    // A field may be called `message` or have a type called `option`: a keyword is one by what follows.
    const third = this.#tokens[this.#at + 2]?.text ?? '';
    if (text === 'message' && third === '{') return this.#message(inside.path, inside.depth + 1);
    if (text === 'enum' && third === '{') return this.#enum(inside.path);
    if (text === 'oneof' && third === '{' && oneof === undefined) {
      this.#take();
      const name = this.#name();
      this.#block(`The oneof \`${name}\``, () => this.#member(inside, name));
      return;
    }
    if (text === 'option' || (['reserved', 'extensions'].includes(text) && third !== '=')) return this.#skip();
    if (text === 'extend' && third === '{') {
      this.#fault('`extend` is not read: fields of other messages are left out.', at);
      return this.#skip();
    }
    this.#field(inside, oneof);
  }

  #field(inside: { path: string; depth: number; fields: ProtoField[] }, oneof: string | undefined): void {
    const { at } = this.#next;
    const label = LABELS.has(this.#next.text) ? (this.#take().text as ProtoField['label']) : '';
    if (this.#next.text === 'group') return this.#group(inside, label);
    const type = this.#typeOf();
    const name = this.#name();
    if (type === undefined || name === '' || !this.#accept('=') || this.#take().type !== 'number') {
      this.#fault(`A field of \`${inside.path}\` is not understood.`, at);
      return this.#skip();
    }
    const field: ProtoField = { ...type, name, label, at };
    if (oneof !== undefined) field.oneof = oneof;
    const jsonName = this.#jsonName();
    if (jsonName !== undefined) field.jsonName = jsonName;
    inside.fields.push(field);
    this.#skip();
  }

  /** `string`, or `map<string, Line>`. */
  #typeOf(): { type: string; key?: string } | undefined {
    const type = this.#name();
    if (type === '') return undefined;
    if (type !== 'map' || !this.#accept('<')) return { type };
    const key = this.#name();
    this.#accept(',');
    const value = this.#name();
    return key !== '' && value !== '' && this.#accept('>') ? { type: value, key } : undefined;
  }

  /** `[json_name = "x", deprecated = true]`, up to the end of the statement. */
  #jsonName(): string | undefined {
    for (let at = this.#at; at < this.#tokens.length; at++) {
      const { text, type } = this.#tokens[at] ?? { text: ';', type: 'end' };
      if (type === 'end' || text === ';' || text === '}') return undefined;
      if (text === 'json_name' && this.#tokens[at + 1]?.text === '=') return this.#tokens[at + 2]?.text.slice(1, -1);
    }
    return undefined;
  }

  /** `optional group Result = 1 { … }` of proto2: a message and a field of it. */
  #group(inside: { path: string; depth: number; fields: ProtoField[] }, label: ProtoField['label']): void {
    const { at } = this.#take();
    const name = this.#name();
    if (name === '' || !this.#accept('=')) {
      this.#fault(`A group of \`${inside.path}\` is not understood.`, at);
      return this.#skip();
    }
    this.#take();
    inside.fields.push({ name: name.toLowerCase(), type: name, label, at });
    this.#body({ name, outer: inside.path, depth: inside.depth + 1, from: at });
  }

  #enum(outer: string): void {
    const { at } = this.#take();
    const name = this.#name();
    const path = outer === '' ? name : `${outer}.${name}`;
    const made: ProtoEnum = { fullName: this.#fullName(path), values: [] };
    if (name === '') this.#fault('An enum has no name.', at);
    else this.#file.enums.push(made);
    this.#block(`The enum \`${path}\``, () => {
      const isValue =
        this.#next.type === 'word' && this.#tokens[this.#at + 1]?.text === '=' && this.#tokens[this.#at + 2]?.type === 'number';
      if (isValue) made.values.push(this.#next.text);
      else if (!['option', 'reserved'].includes(this.#next.text))
        this.#fault(`A value of \`${path}\` is not understood.`, this.#next.at);
      this.#skip();
    });
  }

  #service(): void {
    const { at } = this.#take();
    const name = this.#name();
    const service: ProtoService = { fullName: this.#fullName(name), name, methods: [], at };
    if (name === '') this.#fault('A service has no name.', at);
    else this.#file.services.push(service);
    this.#block(`The service \`${name}\``, () => {
      const start = this.#next.at;
      const method = this.#next.text === 'rpc' ? this.#method() : undefined;
      if (method !== undefined) service.methods.push(method);
      else if (this.#tokens[this.#at]?.text !== 'option') this.#fault(`A method of \`${name}\` is not understood.`, start);
      this.#skip();
    });
  }

  /** `rpc Watch (stream Query) returns (stream Answer)`. */
  #method(): ProtoMethod | undefined {
    this.#take();
    const name = this.#name();
    const request = this.#side();
    const response = this.#accept('returns') ? this.#side() : undefined;
    if (name === '' || request === undefined || response === undefined) return undefined;
    return {
      name,
      request: request.type,
      response: response.type,
      streams: { request: request.streams, response: response.streams },
    };
  }

  #side(): { type: string; streams: boolean } | undefined {
    if (!this.#accept('(')) return undefined;
    const streams = this.#next.text === 'stream' && this.#tokens[this.#at + 1]?.text !== ')' && this.#accept('stream');
    const type = this.#name();
    return type !== '' && this.#accept(')') ? { type, streams } : undefined;
  }

  #fault(message: string, at: number): void {
    if (this.#file.faults.length < MAX_FAULTS) this.#file.faults.push({ message, at });
  }
}
