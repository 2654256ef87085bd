import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { VERIFY_CODES } from '../../../src/runtime/vault/failure.ts';

describe('codes of verification', () => {
  it('are those that docs/verification.md explains', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/verification.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(VERIFY_\w+)` \| (.+?) \|/gm)].map(([, code, summary]) => [code, summary]);
    expect(Object.fromEntries(rows)).toEqual(VERIFY_CODES);
    expect(rows).toHaveLength(Object.keys(VERIFY_CODES).length);
  });
});
