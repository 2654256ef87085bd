import { request } from 'node:http';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { ALL, ServerBench } from './server-bench.ts';

/** Lines that are cut, half of each kind. */
const CUTS = 1000;

let bench: ServerBench;
let start: number;
beforeAll(async () => {
  bench = await ServerBench.open();
  start = bench.host.engine.log.size;
});
afterAll(async () => bench.remove());

/** What one connection has told before it was cut: after so many bytes of the events, wherever that is. */
type Line = (after: string, bytes: number) => Promise<string[]>;

const sse: Line = async (after, bytes) =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ALL}`, 'last-event-id': after };
    const asking = request(`${bench.url}/v1/events/stream`, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length < bytes) return;
        response.destroy();
        // A message that was cut through is none.
        const whole = text.slice(0, bytes).split('\n\n').slice(0, -1);
        resolve(whole.flatMap((message) => /^id: (.*)\nevent: event$/m.exec(message)?.[1] ?? []));
      });
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end();
  });

const ws: Line = async (after, bytes) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/mission-events`);
    const ids: string[] = [];
    let size = 0;
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', token: ALL, after })));
    socket.on('message', (data: Buffer) => {
      size += data.length;
      if (socket.readyState !== WebSocket.OPEN) return;
      ids.push((JSON.parse(data.toString('utf8')) as { id: string }).id);
      if (size < bytes) return;
      socket.terminate();
      resolve(ids);
    });
    socket.on('error', reject);
  });

it('tells each event once and in order over 1,000 cuts at random places, while the log grows', { timeout: 240_000 }, async () => {
  const epoch = bench.host.engine.workspace.id.slice(0, 8);
  const seen: string[] = [];
  // Always a little ahead of who reads, so that every line is cut and none waits for the end.
  const writing = setInterval(() => {
    const ahead = bench.host.engine.log.size - start - seen.length;
    if (ahead < 200) void bench.write(50);
  }, 5);
  const cuts = fc.sample(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 1500 })), { numRuns: CUTS, seed: 8 });
  for (const [isSse, bytes] of cuts) {
    seen.push(...(await (isSse ? sse : ws)(seen.at(-1) ?? `${epoch}.${start - 1}`, bytes)));
  }
  clearInterval(writing);
  expect(seen.length).toBeGreaterThan(CUTS);
  const wrong = seen.findIndex((id, at) => id !== `${epoch}.${start + at}`);
  expect({ wrong, around: seen.slice(Math.max(0, wrong - 3), wrong + 3) }).toEqual({ wrong: -1, around: seen.slice(0, 2) });
});
