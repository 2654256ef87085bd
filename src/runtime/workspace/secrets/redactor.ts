import { Transform } from 'node:stream';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { secretForms } from './secret-forms.ts';

interface Form {
  text: string;
  name: string;
}

/** A part of a text that is to go. */
interface Span {
  from: number;
  to: number;
  name: string;
}

/**
 * Takes the values of secrets out of whatever is written down: each stands there as `[secret NAME]`. It knows those that it was told of (`add`), in every form
 * of `secretForms`; a secret is told of before anybody is given it.
 */
export class Redactor {
  readonly #forms: Form[] = [];
  readonly #known = new Set<string>();
  readonly #values: string[] = [];
  #longest = 0;

  /** From now on this value is `[secret NAME]`. Values of old stay known: what was given out may be written down later. */
  add(name: string, value: string): void {
    if (this.#known.has(`${name} ${value}`)) return;
    this.#known.add(`${name} ${value}`);
    this.#values.push(value);
    for (const text of secretForms(value)) {
      this.#forms.push({ text, name });
      this.#longest = Math.max(this.#longest, text.length);
    }
  }

  /** All that it knows, of old too, for whoever looks for them in another way. */
  values(): readonly string[] {
    return this.#values;
  }

  /** Whether there is anything to look for. */
  get isEmpty(): boolean {
    return this.#forms.length === 0;
  }

  text(text: string): string {
    if (this.isEmpty) return text;
    const bytes = latin1(text);
    const spans = this.#spans(bytes);
    return spans.length === 0 ? text : Buffer.from(replaced(bytes, spans), 'latin1').toString('utf8');
  }

  bytes(bytes: Uint8Array): Uint8Array {
    if (this.isEmpty) return bytes;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const spans = this.#spans(text);
    return spans.length === 0 ? bytes : Buffer.from(replaced(text, spans), 'latin1');
  }

  /** Every string in it, names of members included. */
  json<Value extends JsonValue | undefined>(value: Value): Value;
  json(value: JsonValue | undefined): JsonValue | undefined {
    if (this.isEmpty) return value;
    if (typeof value === 'string') return this.text(value);
    if (isJsonObject(value)) return this.#object(value);
    return typeof value === 'object' && value !== null ? value.map((item) => this.json(item)) : value;
  }

  #object(value: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [this.text(key), this.json(member)]));
  }

  /** Names of the secrets that are in it, in some form. */
  found(content: string | Uint8Array): string[] {
    const text = typeof content === 'string' ? latin1(content) : Buffer.from(content).toString('latin1');
    return [...new Set(this.#spans(text).map(({ name }) => name))];
  }

  /**
   * The same for a stream, however it is cut into chunks: as much is held back as may be the beginning of a secret. A secret that becomes known while the stream
   * runs is looked for in what has not gone by.
   */
  stream(): Transform {
    let held = '';
    return new Transform({
      transform: (chunk: Uint8Array, _, done) => {
        const text = held + Buffer.from(chunk).toString('latin1');
        const spans = this.#spans(text);
        const end = this.#safeEnd(text, spans);
        held = text.slice(end);
        done(null, Buffer.from(replaced(text.slice(0, end), spans), 'latin1'));
      },
      flush: (done) => done(null, Buffer.from(replaced(held, this.#spans(held)), 'latin1')),
    });
  }

  /** How much of the text no later byte can make part of a secret. */
  #safeEnd(text: string, spans: readonly Span[]): number {
    const end = Math.max(0, text.length - Math.max(0, this.#longest - 1));
    const across = spans.find(({ from, to }) => from < end && to > end);
    return across?.from ?? end;
  }

  /** In order, and apart: what overlaps is one, under the name of the first. */
  #spans(text: string): Span[] {
    const found: Span[] = [];
    for (const form of this.#forms) {
      for (let from = text.indexOf(form.text); from !== -1; from = text.indexOf(form.text, from + 1))
        found.push({ from, to: from + form.text.length, name: form.name });
    }
    found.sort((a, b) => a.from - b.from || b.to - a.to);
    const apart: Span[] = [];
    for (const span of found) {
      const last = apart.at(-1);
      if (last !== undefined && span.from < last.to) last.to = Math.max(last.to, span.to);
      else apart.push({ ...span });
    }
    return apart;
  }
}

function replaced(text: string, spans: readonly Span[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, name } of spans) {
    if (to > text.length) break;
    result += `${text.slice(at, from)}[secret ${name}]`;
    at = to;
  }
  return result + text.slice(at);
}

/** One character for each byte of its UTF-8. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
