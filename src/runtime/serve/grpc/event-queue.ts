import type { EventFeed, FeedEvent, FeedPage } from '../event-feed.ts';
import { PATIENCE, SlowClient, type StreamOptions } from '../event-stream.ts';

/** Events that may wait for a client. */
const ROOM = 256;

/** The feed for a reader that pulls. Throws `SlowClient` for one that takes nothing for too long. */
export async function* pulledEvents(feed: EventFeed, options: StreamOptions): AsyncGenerator<FeedEvent, void, undefined> {
  const queue = new EventQueue();
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const running = feed.follow(queue, { ...options, signal }).then(
    () => queue.end(),
    (error: unknown) => queue.end(error),
  );
  try {
    for (;;) {
      const events = await queue.taken();
      if (events === undefined) return;
      yield* events;
    }
  } finally {
    left.abort();
    queue.end();
    await running;
  }
}

class EventQueue {
  #events: FeedEvent[] = [];
  #over = false;
  #fault: unknown;
  #changed = Promise.withResolvers<void>();

  take({ events }: FeedPage): boolean {
    this.#events.push(...events);
    this.#change();
    return this.#events.length < ROOM;
  }

  async ready(): Promise<void> {
    const late = Promise.withResolvers<never>();
    const limit = setTimeout(() => late.reject(new SlowClient()), PATIENCE);
    try {
      while (this.#events.length >= ROOM && !this.#over) await Promise.race([this.#changed.promise, late.promise]);
    } finally {
      clearTimeout(limit);
    }
  }

  end(fault?: unknown): void {
    this.#fault ??= fault;
    this.#over = true;
    this.#change();
  }

  /** All that wait, once there are some; undefined at the end. */
  async taken(): Promise<FeedEvent[] | undefined> {
    while (this.#events.length === 0 && !this.#over) await this.#changed.promise;
    if (this.#events.length === 0) {
      if (this.#fault !== undefined) throw this.#fault;
      return undefined;
    }
    const events = this.#events;
    this.#events = [];
    this.#change();
    return events;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
