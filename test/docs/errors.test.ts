import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ERROR_CODES } from '../../src/base/error-codes.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+?) \| (.+?) \|$/gm)].map(([, code, exit, summary]) => [
  code,
  { exit: Number(exit), summary },
]);

describe('docs/errors.md', () => {
  it('tells of every code there is and of no other, with its exit code and meaning', () => {
    expect(Object.fromEntries(rows)).toEqual(ERROR_CODES);
  });

  it('tells of each code once', () => {
    expect(rows.length).toBe(Object.keys(ERROR_CODES).length);
  });
});
