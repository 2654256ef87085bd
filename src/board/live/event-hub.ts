import { parseCursor } from '../../runtime/app/remote/cloud-event.ts';
import type { BoardEvent } from '../state/board-event.ts';
import { LiveStream, type LiveState } from '../../runtime/app/remote/live-stream.ts';

/** Events that are kept for pages which are still being read when they come. */
const KEPT = 5000;

/** Milliseconds over which events are gathered before pages are told: drawing more often helps nobody. */
const PACE = 100;

export interface HubPorts {
  open: (after: string | undefined, signal: AbortSignal) => Promise<Response>;
}

type Listener = (events: readonly BoardEvent[]) => void;

/** The one stream of a page, for all parts of it. */
export class EventHub {
  readonly #open: HubPorts['open'];
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<(state: LiveState) => void>();
  #stream: LiveStream;
  #kept: BoardEvent[] = [];
  #pending: BoardEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Everything behind this position has been told. */
  #from: number | undefined;
  #started = Promise.withResolvers<void>();
  state: LiveState = { kind: 'connecting' };
  /** Called when the log is not the one that was followed: everything has to be read anew. */
  onOtherLog: () => void = () => {};

  constructor({ open }: HubPorts) {
    this.#open = open;
    this.#stream = this.#made();
  }

  start(): void {
    this.#stream = this.#made();
    void this.#stream.run();
  }

  /** Forgets everything: whoever comes next may not be the same. */
  stop(): void {
    this.#stream.close();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forget();
  }

  retry(): void {
    this.#stream.retry();
  }

  get cursor(): string | undefined {
    return this.#stream.cursor;
  }

  /** The last position that has been told; undefined before the stream stands. */
  get head(): number | undefined {
    return this.#kept.at(-1)?.seq ?? this.#from;
  }

  /** Events behind this position that have been told; undefined if they are no longer all here. */
  behind(seq: number): readonly BoardEvent[] | undefined {
    if (this.#from === undefined || this.#from > seq) return undefined;
    return this.#kept.filter((event) => event.seq > seq);
  }

  /** Resolves once everything that happens from then on is told. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(watcher: (state: LiveState) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #made(): LiveStream {
    return new LiveStream({
      open: this.#open,
      onEvents: (events) => this.#take(events),
      onState: (state) => this.#stand(state),
      onStart: (cursor) => this.#begin(parseCursor(cursor)?.seq),
      wait: async (milliseconds, signal) => waited(milliseconds, signal),
      now: () => Date.now(),
    });
  }

  #take(events: readonly BoardEvent[]): void {
    this.#kept.push(...events);
    if (this.#kept.length > KEPT) {
      this.#kept = this.#kept.slice(-KEPT / 2);
      this.#from = (this.#kept[0]?.seq ?? 0) - 1;
    }
    this.#pending.push(...events);
    this.#timer ??= setTimeout(() => this.#tell(), PACE);
  }

  #forget(): void {
    this.#kept = [];
    this.#pending = [];
    this.#from = undefined;
    this.#started = Promise.withResolvers<void>();
  }

  #begin(seq: number | undefined): void {
    this.#from ??= seq;
    this.#started.resolve();
  }

  #tell(): void {
    const events = this.#pending;
    this.#pending = [];
    this.#timer = undefined;
    for (const listener of this.#listeners) listener(events);
  }

  #stand(state: LiveState): void {
    this.state = state;
    // A cursor that means nothing here (400) is of another log, as after a restored backup.
    if (state.kind === 'refused' && state.status !== 401 && state.status !== 403 && this.#stream.cursor !== undefined) {
      this.#forget();
      this.onOtherLog();
      return this.start();
    }
    for (const watcher of this.#watchers) watcher(state);
  }
}

async function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
