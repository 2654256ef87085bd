import { expect, it } from 'vitest';

import { namedPaths } from '../../../../src/spec/dialects/speckit/named-paths.ts';

it.each([
  ['what is only read', 'Create `src/a.ts` following the pattern in `src/b.ts` and `src/c.ts`', ['src/a.ts']],
  ['patterns of another kind', 'Skip invalid patterns in `src/a.ts`', ['src/a.ts']],
  ['what is read first', 'Using src/b.ts, write src/a.ts', ['src/a.ts']],
  ['what is read and written', 'Read src/a.ts, then update src/a.ts', ['src/a.ts']],
  ['what something is taken out of', 'Remove the switch from src/a.ts', ['src/a.ts']],
  ['what exports something', 'Export all types from src/index.ts', ['src/index.ts']],
  ['what is built from another', 'Build src/a.ts from the constants from src/b.ts', ['src/a.ts']],
  ['what is read, in Chinese', '参考 `src/b.ts` 实现 `src/a.ts`', ['src/a.ts']],
  ['what is read, in German', 'Schreibe src/a.ts, siehe src/b.ts', ['src/a.ts']],
  ['nothing where all is read', 'Test the page, see docs/b.html', []],
])('of the paths that a task names, it writes: %s', (_, text, writes) => {
  expect(namedPaths(text, { files: false })).toEqual(writes);
});
