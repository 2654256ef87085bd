import { describe, expect, it } from 'vitest';

import { arrowChain, DOTTED_NUMBER, idsIn, isIdList, T_NUMBER } from '../../../src/spec/work/id-lists.ts';

const tasks = (text: string): string[] => idsIn(text, T_NUMBER).map(({ id }) => id);
const numbers = (text: string): string[] => idsIn(text, DOTTED_NUMBER).map(({ id }) => id);

describe('ids in a text', () => {
  it.each([
    ['T012', ['T012']],
    ['T012, T013 and T014', ['T012', 'T013', 'T014']],
    ['T013-T015', ['T013', 'T014', 'T015']],
    ['T013 – T015, T020', ['T013', 'T014', 'T015', 'T020']],
    ['T013 to T015', ['T013', 'T014', 'T015']],
    ['T013～T015', ['T013', 'T014', 'T015']],
    ['**T013**–**T015**', ['T013', 'T014', 'T015']],
    ['T009..T011', ['T009', 'T010', 'T011']],
    ['T012、T013及T014', ['T012', 'T013', 'T014']],
    ['T007b, T158-1', ['T007b', 'T158-1']],
    ['T015-T013', ['T015', 'T013']],
    ['T001, T001', ['T001']],
    ['XT012 T012x9 FOO-T013 a/T014', []],
  ])('%s', (text, ids) => {
    expect(tasks(text)).toEqual(ids);
  });

  it.each([
    ['1.2, 2.3', ['1.2', '2.3']],
    ['1.2-1.4', ['1.2', '1.3', '1.4']],
    ['1, 2.10.3', ['1', '2.10.3']],
    ['version 1.2.3.4.5', []],
  ])('%s as numbers', (text, ids) => {
    expect(numbers(text)).toEqual(ids);
  });

  it('of an endless range are its ends', () => {
    expect(tasks('T0001-T999999')).toEqual(['T0001', 'T999999']);
  });
});

describe('a list of ids', () => {
  it.each([
    'T001',
    'T001, T002',
    'T001 and T002',
    '(T001–T004)',
    '**T001** + `T002`',
    'T001、T002',
    'T001 と T002',
    'T001 y T002',
    'tasks T001, T002.',
  ])('is %s', (text) => expect(isIdList(text, T_NUMBER)).toBe(true));
  it.each(['', 'nothing', 'T001 is done before T002', 'T001 or some other', 'US1, T001'])('is not %j', (text) => {
    expect(isIdList(text, T_NUMBER)).toBe(false);
  });
});

describe('arrows', () => {
  it('part stops', () => {
    expect(arrowChain('T001 → T002, T003 -> T004', T_NUMBER)?.map((stop) => stop.map(({ id }) => id))).toEqual([
      ['T001'],
      ['T002', 'T003'],
      ['T004'],
    ]);
    expect(arrowChain('T001, T002', T_NUMBER)).toBeUndefined();
  });
});
