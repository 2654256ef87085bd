import { describe, expect, it } from 'vitest';

import { boxAt, checkboxOf, isStatusMark } from '../../../src/spec/markdown/checkbox.ts';
import { statusOf } from '../../../src/spec/work/marks.ts';

describe('a checkbox', () => {
  it.each<[string, string, number | undefined]>([
    ['- [ ] a', '', 4],
    ['- [x] a', 'x', 4],
    ['  * [X] a', 'X', 6],
    ['1. [-] a', '-', 5],
    ['### - [x] a', 'x', 8],
    ['## [ ] a', '', 5],
    ['> - [ ] a', '', 6],
    ['- [x]a', 'x', 4],
    ['- [  ] a', '', 4],
    ['- [ x ] a', 'x', 5],
    ['- [] a', '', undefined],
    ['- [P] a', 'P', 4],
    ['- [✅] a', '✅', 4],
  ])('is %s', (line, marker, column) => {
    expect(checkboxOf(line)?.marker).toBe(marker);
    expect(boxAt(line, 7)).toEqual(column === undefined ? undefined : { line: 7, column });
  });

  it.each(['[ ] a', 'text [x]', '- [x](url)', '- [x][y]', '- [x]: url', '- [1] a', '- [ab] a', '| [ ] | a |', '#[ ] a'])(
    'is not %s',
    (line) => {
      expect(checkboxOf(line)).toBeUndefined();
      expect(boxAt(line, 1)).toBeUndefined();
    },
  );

  it('has a mark that says how far it is, or a letter that says something else', () => {
    expect(['', 'x', 'X', '~', '✅'].every(isStatusMark)).toBe(true);
    expect(['P', 'a', '状'].some(isStatusMark)).toBe(false);
    expect([statusOf(''), statusOf('✅'), statusOf('-'), statusOf('-', { '-': 'doing' }), statusOf('?')]).toEqual([
      'todo',
      'done',
      'cancelled',
      'doing',
      'unknown',
    ]);
  });
});
