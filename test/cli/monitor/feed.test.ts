import { expect, it, onTestFinished } from 'vitest';

import { Feed } from '../../../src/cli/monitor/feed.ts';
import type { Listener } from '../../../src/cli/monitor/source.ts';
import type { LogLine } from '../../../src/runtime/app/views.ts';
import { line } from './sample-mission.ts';

const numbered = (seq: number): LogLine => ({ ...line('task.started', 't', {}), seq });

/** A feed of a log that tells what happens while somebody holds on, and is looked at otherwise. */
function feedOf(log: LogLine[]) {
  const taken: number[] = [];
  const troubles: (string | undefined)[] = [];
  const asked: (number | undefined)[] = [];
  const held: { listener: Listener; end: () => void }[] = [];
  const feed = new Feed(
    {
      logs: async (after) => {
        asked.push(after);
        return { kind: 'Logs', items: log.filter(({ seq }) => seq > (after ?? -1)) };
      },
      follow: async (listener, signal) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        held.push({ listener, end: resolve });
        signal.addEventListener('abort', () => resolve());
        await promise;
      },
    },
    { take: (lines) => taken.push(...lines.map(({ seq }) => seq)), trouble: (message) => troubles.push(message), pace: 5 },
  );
  onTestFinished(() => feed.close());
  return { feed, taken, troubles, asked, held };
}

it('asks for nothing while it is told, and hands over once what comes both ways', async () => {
  const log = [0, 1, 2].map(numbered);
  const { feed, taken, asked, held } = feedOf(log);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.listener.take(log.slice(0, 2));
  expect([taken, asked]).toEqual([[0, 1], []]);
  await feed.caughtUp();
  expect([taken, asked]).toEqual([
    [0, 1, 2],
    [1, 2],
  ]);
  await expect.poll(() => held.length).toBe(2);
  held[1]?.listener.take([2, 3].map(numbered));
  expect(taken).toEqual([0, 1, 2, 3]);
});

it('looks again and again where nobody tells anything, and says once that it works again', async () => {
  const log = [0].map(numbered);
  const { taken, troubles, held } = feedOf(log);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.listener.trouble('cut');
  held[0]?.end();
  await expect.poll(() => taken).toEqual([0]);
  log.push(numbered(1));
  held.at(-1)?.end();
  await expect.poll(() => (held.at(-1)?.end(), taken)).toEqual([0, 1]);
  expect(troubles).toEqual(['cut', undefined]);
});
