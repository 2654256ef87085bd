import { expect, it } from 'vitest';

import { impliedNeeds } from '../../../../src/runtime/report/html/implied-needs.ts';

it('finds the needs that follow from others', () => {
  expect(impliedNeeds([[], [0], [0, 1], [0, 2]]).map((implied) => [...implied])).toEqual([[], [], [0], [0]]);
  expect(impliedNeeds([[], [], [0, 1]]).map((implied) => [...implied])).toEqual([[], [], []]);
});
