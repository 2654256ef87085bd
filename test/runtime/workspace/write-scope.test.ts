import { expect, it } from 'vitest';

import { writeScope } from '../../../src/runtime/workspace/write-scope.ts';

it('keeps a star inside its folder and lets two go deeper', () => {
  const may = writeScope(['api/orders.*', 'src/orders/**', 'package.json']);
  expect(['api/orders.sql', 'src/orders/a/b.ts', 'package.json'].every(may)).toBe(true);
  expect(['api/orders/x.sql', 'src/orders.ts', 'package.json.bak', 'src/other.ts'].some(may)).toBe(false);
});

it('counts dot files as files, and takes no glob for a negation', () => {
  expect(writeScope(['src/**'])('src/.env')).toBe(true);
  expect(writeScope(['!secret'])('public')).toBe(false);
});

it('allows nothing where nothing is named', () => {
  expect(writeScope([])('a.txt')).toBe(false);
});
