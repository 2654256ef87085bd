import { join, relative, resolve } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isSafePath } from '../../../src/runtime/vault/safe-path.ts';

describe('safe paths', () => {
  it.each(['a', 'a/b.ts', '.hidden', 'src/状态.ts', 'a..b', 'with space/x', '-rf'])('takes %s', (path) => {
    expect(isSafePath(path)).toBe(true);
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/./b',
    'a\\b',
    'C:/x',
    'a\nb',
    'a\0',
    '\ud800',
    'x'.repeat(256),
  ])('refuses %j', (path) => {
    expect(isSafePath(path)).toBe(false);
  });

  it('never leads out of a folder', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', '~', 'C:'), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const path = parts.join('/');
        fc.pre(isSafePath(path));
        expect(relative('/root/folder', resolve(join('/root/folder', path)))).toBe(path);
      }),
    );
  });
});
