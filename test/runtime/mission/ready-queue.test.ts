import fc from 'fast-check';
import { expect, it } from 'vitest';

import { type Queued, ReadyQueue } from '../../../src/runtime/mission/ready-queue.ts';

const places: fc.Arbitrary<Queued[]> = fc
  .array(fc.record({ level: fc.nat(3), priority: fc.nat(2), order: fc.nat(2), task: fc.nat(9) }))
  .map((items) => items.map((item, ticket) => ({ ...item, mission: `m${item.order}`, ticket })));

const rank = (item: Queued): number[] => [item.level, item.priority, item.order, item.task, item.ticket];

it('gives back what was pushed: by level, priority, mission, position, and first come first', () => {
  fc.assert(
    fc.property(places, (items) => {
      const queue = new ReadyQueue();
      for (const item of items) queue.push(item);
      const sorted = items.toSorted(
        (a, b) =>
          rank(a)
            .map((each, at) => each - (rank(b)[at] ?? 0))
            .find((each) => each !== 0) ?? 0,
      );
      expect(items.map(() => [queue.peek(), queue.pop()])).toEqual(sorted.map((item) => [item, item]));
      expect([queue.size, queue.peek(), queue.pop()]).toEqual([0, undefined, undefined]);
    }),
  );
});

it('stays in order while pushes and pops mix', () => {
  const queue = new ReadyQueue();
  const place = (task: number): Queued => ({ mission: 'm', level: 0, priority: 0, order: 0, task, ticket: 0 });
  for (const task of [5, 1, 4]) queue.push(place(task));
  expect(queue.pop()?.task).toBe(1);
  queue.push(place(2));
  expect([queue.pop()?.task, queue.pop()?.task, queue.pop()?.task]).toEqual([2, 4, 5]);
});
