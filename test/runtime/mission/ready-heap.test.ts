import fc from 'fast-check';
import { expect, it } from 'vitest';

import { ReadyHeap } from '../../../src/runtime/mission/ready-heap.ts';

it('gives back what was pushed, smallest first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), (ranks) => {
      const heap = new ReadyHeap();
      for (const rank of ranks) heap.push(rank);
      expect(ranks.map(() => heap.pop())).toEqual(ranks.toSorted((a, b) => a - b));
      expect(heap.size).toBe(0);
    }),
  );
});

it('stays in order while pushes and pops mix', () => {
  const heap = new ReadyHeap();
  for (const rank of [5, 1, 4]) heap.push(rank);
  expect(heap.pop()).toBe(1);
  heap.push(2);
  expect([heap.pop(), heap.pop(), heap.pop()]).toEqual([2, 4, 5]);
  expect(() => heap.pop()).toThrow(RangeError);
});
