/** A message of a stream of server-sent events. */
export interface StreamMessage {
  event: string;
  data: string;
}

/** Takes a stream of server-sent events apart (WHATWG HTML, 9.2.6). It keeps what has not ended yet. */
export class SseParser {
  /** Of the last message that had one, as the protocol wants it sent when coming back. */
  lastId = '';
  #rest = '';
  #event = '';
  #data: string[] = [];

  /** The messages that this text ends. A message that was cut off is none. */
  push(text: string): StreamMessage[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #id = '';

  #line(line: string): StreamMessage | undefined {
    if (line === '') return this.#end();
    const [name, value] = fieldOf(line);
    if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #end(): StreamMessage | undefined {
    // The id counts once its message is whole: what was cut off before is asked for again.
    if (this.#id !== '') this.lastId = this.#id;
    const message = { event: this.#event || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    return isEmpty ? undefined : message;
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}
