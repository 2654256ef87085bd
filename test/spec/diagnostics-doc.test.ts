import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DIAGNOSTICS } from '../../src/spec/diagnostics.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'diagnostics.md'), 'utf8');
const rows = [...text.matchAll(/^\| (?:<a id="\w+"><\/a>)?`([A-Z_]+)` \| (\w+) \| (.+?) \| (.+?) \|$/gm)].map(
  ([, code, severity, summary]) => [code, { severity, summary }],
);

describe('docs/diagnostics.md', () => {
  it('tells of every diagnostic there is and of no other, with its level and meaning', () => {
    expect(Object.fromEntries(rows)).toEqual(DIAGNOSTICS);
  });

  it('tells of each once', () => {
    expect(rows.length).toBe(Object.keys(DIAGNOSTICS).length);
  });
});
