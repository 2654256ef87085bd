import { setTimeout as wait } from 'node:timers/promises';

import type { WebSocket } from 'ws';

import { NexusError } from '../../base/errors.ts';
import { isJsonObject, parsedJson } from '../../base/json.ts';
import type { Counter } from './counter.ts';
import type { FeedSink } from './event-feed.ts';
import { HEARTBEAT, PATIENCE, QUEUE, SlowClient, type StreamOptions } from './event-stream.ts';

/** Milliseconds within which a client has to say who it is. */
const HELLO = 10_000;

/** The first message of a client: the token is in it, so that it stands in no address and no log. */
export interface Hello {
  token: string;
  /** Where to go on from. */
  after?: string;
  mission?: string;
}

/** The channel `mission-events`: after the hello every message is one CloudEvent, then `{"type":"closed","cursor":…}`. */
export async function serveMissionEvents(
  socket: WebSocket,
  counter: Counter,
  { open, signal: server }: { open: (hello: Hello) => Promise<StreamOptions>; signal: AbortSignal },
): Promise<void> {
  const { feed } = counter;
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, server]);
  const beat = setInterval(() => socket.ping(), HEARTBEAT);
  try {
    const options = await open(await helloOf(socket, signal));
    let last = feed.cursorOf(options.after);
    const sink: FeedSink = {
      take({ cursor, messages }) {
        last = cursor;
        for (const message of messages) socket.send(message, { binary: false });
        return socket.bufferedAmount < QUEUE;
      },
      ready: () => drained(socket, signal),
    };
    const going = AbortSignal.any([signal, options.signal]);
    await feed.follow(sink, { ...options, signal: going });
    if (!going.aborted) socket.send(JSON.stringify({ type: 'closed', cursor: last }));
    socket.close(1000);
  } catch (error) {
    refuse(socket, error, counter);
  } finally {
    clearInterval(beat);
  }
}

/** Close codes of RFC 6455; 1013: come again later. */
function refuse(socket: WebSocket, error: unknown, counter: Counter): void {
  if (error instanceof SlowClient) socket.close(1013, 'too slow');
  else if (error instanceof NexusError) {
    const { code, title: message, hint } = counter.problemOf(error, '');
    socket.send(JSON.stringify({ type: 'error', code, message, hint }));
    socket.close(1008, code);
  } else if (socket.readyState === socket.OPEN) socket.close(1011);
}

async function helloOf(socket: WebSocket, signal: AbortSignal): Promise<Hello> {
  const text = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(unheard('It did not come in time.')), HELLO);
    const end = (then: () => void): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', away);
      then();
    };
    const away = (): void => end(() => reject(unheard('The client went away.')));
    signal.addEventListener('abort', away);
    socket.once('message', (data: Buffer) => end(() => resolve(data.toString('utf8'))));
  });
  const parsed = parsedJson(text);
  const value = isJsonObject(parsed) ? parsed : {};
  const { type, token, after, mission } = value;
  if (type !== 'hello' || typeof token !== 'string') throw unheard('It is not one.');
  return {
    token,
    ...(typeof after === 'string' ? { after } : {}),
    ...(typeof mission === 'string' ? { mission } : {}),
  };
}

function unheard(why: string): NexusError {
  return new NexusError('AUTH_MISSING', `The first message must be a hello. ${why}`, {
    hint: 'Send {"type":"hello","token":TOKEN,"after":CURSOR,"mission":ID}; the last two may be left out.',
  });
}

async function drained(socket: WebSocket, signal: AbortSignal): Promise<void> {
  for (let waited = 0; socket.bufferedAmount >= QUEUE / 2; waited += 50) {
    if (signal.aborted) return;
    if (waited >= PATIENCE) throw new SlowClient();
    await wait(50);
  }
}
