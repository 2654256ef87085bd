import { StringDecoder } from 'node:string_decoder';

/**
 * Keeps the beginning and the end of a stream of text and counts what it drops between: a flood costs no memory, and the last
 * words of a program, which tell why it died, are still there.
 */
export class CappedOutput {
  readonly #half: number;
  /** Made for the first bytes: most commands say nothing. */
  #decoder: StringDecoder | undefined;
  #head = '';
  #tail = '';
  #dropped = 0;

  /** `limit`: characters kept in all. */
  constructor(limit: number) {
    this.#half = Math.ceil(limit / 2);
  }

  /** Returns the decoded text, so that a reader of lines need not decode again. */
  add(chunk: Uint8Array): string {
    const text = (this.#decoder ??= new StringDecoder('utf8')).write(chunk);
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    const rest = room > 0 ? text.slice(room) : text;
    this.#tail += rest.slice(-this.#half);
    this.#dropped += Math.max(0, rest.length - this.#half);
    // Cut only now and then: cutting at every chunk would copy the tail each time.
    if (this.#tail.length > 2 * this.#half) this.#cut();
    return text;
  }

  get truncated(): boolean {
    return this.#dropped > 0 || this.#tail.length > this.#half;
  }

  text(): string {
    this.#cut();
    return this.#dropped === 0
      ? this.#head + this.#tail
      : `${this.#head}\n… ${this.#dropped} characters left out …\n${this.#tail}`;
  }

  #cut(): void {
    const excess = this.#tail.length - this.#half;
    if (excess <= 0) return;
    this.#tail = this.#tail.slice(excess);
    this.#dropped += excess;
  }
}

export interface LineSplitter {
  add(text: string): void;
  /** What is left without a line end is a line too. */
  end(): void;
}

/** Calls back with each line of a stream of text; of a line over `limit` characters the rest is left out. */
export function lineSplitter(onLine: (line: string) => void, limit: number): LineSplitter {
  let open = '';
  return {
    add(text) {
      const lines = (open + text).split('\n');
      open = (lines.pop() ?? '').slice(0, limit);
      for (const line of lines) onLine(line.slice(0, limit).replace(/\r$/, ''));
    },
    end() {
      if (open !== '') onLine(open);
      open = '';
    },
  };
}
