import { expect, it } from 'vitest';

import { NexusError } from '../../../../src/base/errors.ts';
import { RateLimits } from '../../../../src/runtime/serve/traffic/rate-limits.ts';

it('lets two seconds of requests through at once, and then as many as the rate has', () => {
  let now = 0;
  const limits = new RateLimits({ now: () => now }, 5);
  const taken = Array.from({ length: 10 }, () => limits.take('ci').remaining);
  expect(taken).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(() => limits.take('ci')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfter: 1 } }));
  expect(limits.take('somebody else').remaining).toBe(9);
  now = 200;
  expect(limits.take('ci')).toEqual({ remaining: 0, limit: 10, reset: 2 });
  expect(() => limits.take('ci')).toThrow(NexusError);
  now = 60_000;
  expect(limits.take('ci').remaining).toBe(9);
});

it('is not led astray by a clock that is set back', () => {
  let now = 10_000;
  const limits = new RateLimits({ now: () => now }, 1);
  limits.take('ci');
  now = 0;
  expect(limits.take('ci').remaining).toBe(0);
});
