import type { ServerResponse } from 'node:http';

import type { EventFeed, FeedEvent, FeedSink } from './event-feed.ts';

/** Milliseconds between two signs of life; proxies cut what is silent for longer. */
export const HEARTBEAT = 10_000;

/** Bytes that may wait for a client, and for how long they may not get less. */
export const QUEUE = 1_048_576;
export const PATIENCE = 10_000;

export interface StreamOptions {
  after: number;
  mission?: string;
  /** Which events are meant; all of them where it is not given. */
  only?: (event: FeedEvent) => boolean;
  /** Asked whether there is nothing more to come; the stream then says so and ends. */
  isOver?: () => boolean;
  /** Aborted when the server closes. */
  signal: AbortSignal;
}

/**
 * Server-sent events (WHATWG HTML, 9.2): one message for each event, its `id` the cursor to go on from. A client that does not keep up is told where it was
 * and let go: it loses nothing and slows nobody.
 */
export async function streamEvents(feed: EventFeed, response: ServerResponse, options: StreamOptions): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, options.signal]);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  // An id without data tells nothing, and still counts: who is cut off before the first event knows where to go on from.
  response.write(`retry: 1000\nid: ${feed.cursorOf(options.after)}\n\n`);
  const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT);
  let last = feed.cursorOf(options.after);
  const sink: FeedSink = {
    take({ cursor, sse }) {
      last = cursor;
      return response.write(sse) || response.writableLength < QUEUE;
    },
    ready: () => drained(response, signal),
  };
  try {
    await feed.follow(sink, { ...options, signal });
    if (!signal.aborted) response.write(`event: closed\nid: ${last}\ndata: {"cursor":"${last}"}\n\n`);
  } catch (error) {
    if (!(error instanceof SlowClient)) throw error;
    // Nothing more will fit: it comes back with the id of the last event that it got.
    response.destroy();
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** A client took nothing for too long. */
export class SlowClient extends Error {}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(limit);
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const limit = setTimeout(() => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      reject(new SlowClient());
    }, PATIENCE);
    response.once('drain', done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
