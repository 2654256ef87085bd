import type { EventFeed, FeedSink } from './event-feed.ts';
import type { StreamOptions } from './event-stream.ts';

interface PageOptions {
  /** Events of the page. */
  most: number;
  /** How long the answer is held back while there are none. */
  seconds: number;
  /** Aborted when the server closes. */
  stop: AbortSignal;
}

export interface EventPage {
  /** JSON of each event. */
  texts: string[];
  /** Where the next page begins. */
  next: string;
}

/** A part of a stream. */
export async function readEvents(
  feed: EventFeed,
  from: Omit<StreamOptions, 'signal'>,
  { most, seconds, stop }: PageOptions,
): Promise<EventPage> {
  const texts: string[] = [];
  let next = feed.cursorOf(from.after);
  const enough = new AbortController();
  const sink: FeedSink = {
    take({ events }) {
      for (const { text, cursor } of events.slice(0, most - texts.length)) {
        texts.push(text);
        next = cursor;
      }
      if (texts.length === most) enough.abort();
      return true;
    },
    ready: async () => undefined,
  };
  await feed.follow(sink, {
    ...from,
    signal: AbortSignal.any([stop, AbortSignal.timeout(seconds * 1000 + 1), enough.signal]),
    isOver: () => texts.length > 0 || from.isOver?.() === true,
  });
  return { texts, next };
}
