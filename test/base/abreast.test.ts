import { setImmediate as turn } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { abreast } from '../../src/base/abreast.ts';

it('does each once, so many at once and no more', async () => {
  const done: number[] = [];
  let [running, most] = [0, 0];
  await abreast([0, 1, 2, 3, 4, 5, 6], 3, async (each) => {
    most = Math.max(most, ++running);
    await turn();
    done.push(each);
    running--;
  });
  expect(done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(most).toBe(3);
});

it('rejects with the first fault', async () => {
  const fault = new RangeError('no');
  await expect(abreast([1, 2], 1, async () => Promise.reject(fault))).rejects.toBe(fault);
});
