import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plainPaint } from '../../src/cli/screen.ts';
import { displayWidth, shortened, table } from '../../src/cli/table.ts';
import { plainScreen } from './plain-screen.ts';

const COLUMNS = [{ title: 'id', keep: true }, { title: 'name' }];

describe('table', () => {
  it('aligns columns, also of wide characters', () => {
    const rows = [
      ['a', '注文', ''],
      ['long', 'order\nform'],
    ];
    expect(table([...COLUMNS, { title: 'n' }], rows, plainScreen)).toBe('ID    NAME        N\na     注文\nlong  order form\n');
  });

  it('is never wider than the terminal, if the terminal has room for it at all', () => {
    const cell = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 8 }), fc.integer({ min: 20, max: 120 }), (rows, width) => {
        const lines = table(COLUMNS, rows, { paint: plainPaint, width, live: false }).split('\n');
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('paints a cell after it was padded', () => {
    const columns = [{ title: 'id', paint: (text: string) => `<${text}>` }, { title: 'name' }];
    expect(table(columns, [['a', 'b']], plainScreen)).toBe('ID  NAME\n<a >  b\n');
  });
});

describe('shortened', () => {
  it('ends with a sign that something is missing', () => {
    expect(shortened('abcdef', 4)).toBe('abc…');
    expect(shortened('注文注文', 4)).toBe('注…');
    expect(shortened('abcd', 4)).toBe('abcd');
  });
});
