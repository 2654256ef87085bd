import { expect, it } from 'vitest';

import { timestamp } from '../../src/base/clock.ts';

it('writes the moment that the clock shows, whatever it has shown before', () => {
  const moments = [0, 0, 1.25, 1, 1_767_323_045_678, 0, -1, -1];
  expect(moments.map((now) => timestamp({ now: () => now }))).toEqual(moments.map((now) => new Date(now).toISOString()));
  expect(() => timestamp({ now: () => Number.NaN })).toThrow(RangeError);
});
