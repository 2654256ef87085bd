import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { counted, grouped } from '../../src/base/text.ts';

describe('grouped', () => {
  it('groups digits of counts as English does', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (count) => {
        expect(grouped(count)).toBe(count.toLocaleString('en'));
      }),
    );
  });
});

describe('counted', () => {
  it('chooses the form of the noun', () => {
    expect([counted(0, 'task'), counted(1, 'task'), counted(1200, 'entry', 'entries')]).toEqual([
      '0 tasks',
      '1 task',
      '1,200 entries',
    ]);
  });
});
