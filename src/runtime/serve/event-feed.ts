import type { Entry } from '../log/entry.ts';
import type { LogReader } from '../log/log-reader.ts';
import { cloudEvent } from '../app/remote/cloud-event.ts';

/** Milliseconds between two looks at the log, while somebody listens. */
const PACE = 20;

/** Entries read at once, and characters that a page of them may have. */
const PAGE = 500;
const BYTES = 262_144;

/** An event in the form that every stream sends. */
export interface FeedEvent {
  seq: number;
  /** `EPOCH.SEQ`: where a client goes on from. */
  cursor: string;
  type: string;
  mission: string | undefined;
  /** JSON of the CloudEvent, one line. */
  text: string;
}

/** Events that follow each other, at least one. Several listeners may be given the same page. */
export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Where to go on from. */
  readonly cursor: string;
  /** All of them as server-sent events, and each as a message of its own. Made once: what waits for a slow client is the same memory as for all others. */
  readonly sse: Buffer;
  readonly messages: readonly Buffer[];
}

/** Takes events in order. False: it has enough for now, and says by `ready` when to go on. */
export interface FeedSink {
  take(page: FeedPage): boolean;
  /** Resolves when there is room again; rejects if the client has gone or is too slow to be waited for. */
  ready(): Promise<void>;
}

interface Following {
  /** Which events are meant; all of them where it is not given. */
  only?: ((event: FeedEvent) => boolean) | undefined;
  after: number;
  mission?: string;
  signal: AbortSignal;
  isOver?: () => boolean;
}

/** Written out once, whoever listens. */
class Page implements FeedPage {
  readonly events: readonly FeedEvent[];
  /** Everything up to here has been looked at. */
  readonly last: number;
  #sse: Buffer | undefined;
  #messages: readonly Buffer[] | undefined;

  constructor(events: readonly FeedEvent[], last: number) {
    this.events = events;
    this.last = last;
  }

  get cursor(): string {
    return this.events.at(-1)?.cursor ?? '';
  }

  get sse(): Buffer {
    this.#sse ??= Buffer.from(this.events.map(({ cursor, text }) => `id: ${cursor}\nevent: event\ndata: ${text}\n\n`).join(''));
    return this.#sse;
  }

  get messages(): readonly Buffer[] {
    this.#messages ??= this.events.map(({ text }) => Buffer.from(text));
    return this.#messages;
  }
}

/** Pages that are kept for whoever else is at the same place. */
const KEPT = 16;

/**
 * The log as a stream for many: each entry is read and written out once, whoever listens. A listener that is behind reads the log by itself until it has
 * caught up, so that it slows nobody; nothing is sent twice or left out.
 */
export class EventFeed {
  readonly #log: LogReader;
  readonly #epoch: string;
  readonly #write: (text: string) => string;
  readonly #waiting = new Set<() => void>();
  /** Pages that several listeners at the same place read one after the other. */
  readonly #recent = new Map<string, Page>();
  #seen: number;
  #listeners = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `epoch` names this history of the log: cursors of another one mean nothing here. `write`: the JSON of an event, as it is sent. */
  constructor(log: LogReader, epoch: string, { write = (text) => text }: { write?: (text: string) => string } = {}) {
    this.#write = write;
    this.#log = log;
    this.#epoch = epoch;
    this.#seen = log.size - 1;
  }

  /** The position of the last entry, for who begins now. */
  get head(): number {
    return this.#log.size - 1;
  }

  /** How many follow now. */
  get listeners(): number {
    return this.#listeners;
  }

  cursorOf(seq: number): string {
    return `${this.#epoch}.${seq}`;
  }

  /** The position that a cursor names; undefined if it is none of this log's, as after a restored backup. */
  positionOf(cursor: string): number | undefined {
    const [epoch, digits = ''] = cursor.split('.', 2);
    const seq = /^-1$|^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
    return epoch === this.#epoch && seq <= this.head ? seq : undefined;
  }

  /**
   * Sends everything behind `after` to `sink`, until `signal` is aborted or `isOver` says so at a moment when all has been sent. Rejects with what `sink.ready`
   * rejects with.
   */
  async follow(sink: FeedSink, following: Following): Promise<void> {
    this.#listeners++;
    try {
      await this.#follow(sink, following);
    } finally {
      this.#listeners--;
    }
  }

  async #follow(sink: FeedSink, { after, mission, signal, isOver, only }: Following): Promise<void> {
    let at = after;
    while (!signal.aborted) {
      // Asked before reading: what ended it is then among what is read.
      const over = isOver?.() === true;
      const page = this.#page(at, mission);
      const wanted = only === undefined ? page : new Page(page.events.filter(only), page.last);
      if (wanted.events.length > 0 && !sink.take(wanted)) await sink.ready();
      if (page.last > at) {
        at = page.last;
        continue;
      }
      if (over) return;
      await this.#something(at, signal);
    }
  }

  #page(after: number, mission: string | undefined): Page {
    // What one has read while the log was at rest is what the next one would read.
    const place = `${mission ?? ''}/${after}`;
    const shared = this.#recent.get(place);
    if (shared !== undefined) return shared;
    const to = this.#log.size;
    const entries =
      mission === undefined
        ? this.#log.entriesAfter(after, PAGE)
        : [...this.#log.entries({ mission, from: after + 1, to, limit: PAGE })];
    // A mission's page that is not full has seen everything up to where the log stood.
    const last = entries.length === PAGE || mission === undefined ? (entries.at(-1)?.seq ?? after) : Math.max(after, to - 1);
    const events = this.#fitting(entries);
    const page = new Page(events, events.length < entries.length ? (events.at(-1)?.seq ?? after) : last);
    if (page.last > after) this.#remember(place, page);
    return page;
  }

  /** As many as one client may be sent at a time; one at least. */
  #fitting(entries: readonly Entry[]): FeedEvent[] {
    const events: FeedEvent[] = [];
    let size = 0;
    for (const entry of entries) {
      const event = this.#event(entry);
      size += event.text.length;
      if (events.length > 0 && size > BYTES) break;
      events.push(event);
    }
    return events;
  }

  #remember(place: string, page: Page): void {
    this.#recent.set(place, page);
    const oldest = this.#recent.keys().next();
    if (this.#recent.size > KEPT && oldest.done !== true) this.#recent.delete(oldest.value);
  }

  #event(entry: Entry): FeedEvent {
    const cursor = this.cursorOf(entry.seq);
    const event = cloudEvent(entry, cursor);
    return { seq: entry.seq, cursor, type: event.type, mission: entry.mission, text: this.#write(JSON.stringify(event)) };
  }

  /** Until the log is longer than `at`. */
  async #something(at: number, signal: AbortSignal): Promise<void> {
    if (this.head > at) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        if (this.#waiting.size === 0) this.#rest();
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
      this.#watch();
    });
  }

  #watch(): void {
    this.#timer ??= setInterval(() => {
      const { head } = this;
      if (head === this.#seen) return;
      this.#seen = head;
      for (const wake of this.#waiting) wake();
    }, PACE);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
