import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { editDistance, nearest } from '../../src/cli/nearest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['statsu', 'status', 1],
    ['ca', 'abc', 3],
  ])('of %s and %s is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  it('is symmetric, zero for equals only, and at most the longer length', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('nearest', () => {
  const commands = ['apply', 'plan', 'status', 'validate', 'verify'];

  it.each([
    ['aply', 'apply'],
    ['statsu', 'status'],
    ['valid', 'validate'],
    ['frobnicate', undefined],
    ['x', undefined],
  ])('to %s is %s', (word, found) => expect(nearest(word, commands)).toBe(found));
});
