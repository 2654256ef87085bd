import { describe, expect, it } from 'vitest';

import { readIstanbul } from '../../../../src/runtime/qa/reports/istanbul.ts';

const PLACE = { root: '/work/shop', known: new Set(['src/a.ts']), name: 'vitest' };
const at = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 9 } });

describe('readIstanbul', () => {
  it('has the lines with statements, and those that were reached, of files that are asked for', () => {
    const statementMap = { 0: at(1), 1: at(2), 2: at(2), 3: at(4) };
    const entry = { path: 'x', statementMap, s: { 0: 3, 1: 0, 2: 1, 3: 0 } };
    const { lines, covered } = readIstanbul(
      JSON.stringify({ '/work/shop/src/a.ts': entry, '/work/shop/src/b.ts': entry }),
      PLACE,
    );
    expect(lines).toEqual(new Map([['src/a.ts', new Set([1, 2, 4])]]));
    expect(covered).toEqual(new Map([['src/a.ts', new Set([1, 2])]]));
  });

  it('takes what is none for none', () => {
    expect(readIstanbul('{"/work/shop/src/a.ts": {}}', PLACE).lines.size).toBe(0);
    expect(() => readIstanbul('[]', PLACE)).toThrow('no JSON object');
  });
});
