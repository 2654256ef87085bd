import { isRecord } from '../../report/standing/told-entry.ts';
import { readCloudEvent, type StreamedEntry } from './cloud-event.ts';
import { SseParser } from './sse-parser.ts';

/** How a stream stands, for people to see. */
export type LiveState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Cut; it is tried again at `at` (milliseconds since the epoch). */
  | { kind: 'waiting'; at: number; tries: number }
  /** Everything has been told. */
  | { kind: 'ended' }
  /** It makes no sense to try again: signed out, or the log is another one. */
  | { kind: 'refused'; status: number };

export interface LiveStreamPorts {
  /** Opens the stream behind this cursor; from where it begins if there is none. */
  open(after: string | undefined, signal: AbortSignal): Promise<Response>;
  /** In order, each once, and at once what came at once. */
  onEvents(events: readonly StreamedEntry[]): void;
  onState(state: LiveState): void;
  /** The position that a stream without a cursor begins behind, before its first event. */
  onStart(cursor: string): void;
  /** Resolves after so many milliseconds, or at once when `signal` is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): number;
}

/** Milliseconds without a sign of life (the server gives one every ten seconds) after which a line is taken for dead. */
const SILENCE = 25_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** A stream of events that comes back by itself, in browsers and elsewhere, from the last event that it has handed on: nothing is lost, and nothing told twice. */
export class LiveStream {
  readonly #ports: LiveStreamPorts;
  readonly #closed = new AbortController();
  #after: string | undefined;
  #tries = 0;
  #hurry = new AbortController();

  constructor(ports: LiveStreamPorts, after?: string) {
    this.#ports = ports;
    this.#after = after;
  }

  /** Where it has got to. */
  get cursor(): string | undefined {
    return this.#after;
  }

  close(): void {
    this.#closed.abort();
    this.#hurry.abort();
  }

  /** Tries again now rather than later. */
  retry(): void {
    this.#hurry.abort();
  }

  /** Runs until it is closed, everything has been told, or it is refused. */
  async run(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const end = await this.#once(signal);
      if (signal.aborted) return;
      if (end.kind !== 'cut') return this.#ports.onState(end);
      await this.#pause();
    }
  }

  async #once(signal: AbortSignal): Promise<{ kind: 'cut' } | { kind: 'ended' } | { kind: 'refused'; status: number }> {
    if (this.#tries === 0) this.#ports.onState({ kind: 'connecting' });
    const line = new AbortController();
    const both = AbortSignal.any([signal, line.signal]);
    try {
      const response = await this.#ports.open(this.#after, both);
      if (isFinal(response.status)) return { kind: 'refused', status: response.status };
      if (!response.ok || response.body === null) return { kind: 'cut' };
      this.#tries = 0;
      this.#ports.onState({ kind: 'live' });
      return { kind: (await this.#read(response.body, line)) ? 'ended' : 'cut' };
    } catch {
      return { kind: 'cut' };
    } finally {
      line.abort();
    }
  }

  /** True if the stream said that nothing more will come. */
  async #read(body: ReadableStream<Uint8Array>, line: AbortController): Promise<boolean> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const silence = setTimeout(() => line.abort(), SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return false;
      const messages = parser.push(decoder.decode(value, { stream: true }));
      const events = messages.flatMap(({ event, data }) => (event === 'event' ? (readEvent(data) ?? []) : []));
      if (events.length > 0) this.#ports.onEvents(events);
      // Only what was handed on is not asked for again.
      if (parser.lastId !== '') this.#reached(parser.lastId, events);
      if (messages.some(({ event }) => event === 'closed')) return true;
    }
  }

  #reached(cursor: string, events: readonly StreamedEntry[]): void {
    if (this.#after === undefined && events.length === 0) this.#ports.onStart(cursor);
    this.#after = cursor;
  }

  async #pause(): Promise<void> {
    const delay = Math.min(FIRST_WAIT * 2 ** this.#tries, LONGEST_WAIT);
    this.#tries++;
    this.#hurry = new AbortController();
    this.#ports.onState({ kind: 'waiting', at: this.#ports.now() + delay, tries: this.#tries });
    await this.#ports.wait(delay, AbortSignal.any([this.#hurry.signal, this.#closed.signal]));
  }
}

/** Answers that another try would not change. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** Undefined if the text is no CloudEvent of the control plane. */
function readEvent(text: string): StreamedEntry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? readCloudEvent(value) : undefined;
  } catch {
    return undefined;
  }
}
