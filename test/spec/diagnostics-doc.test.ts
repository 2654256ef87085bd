import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DIAGNOSTICS } from '../../src/spec/diagnostics.ts';
import { REMEDIES } from '../../src/spec/levels/remedies.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'diagnostics.md'), 'utf8');
const rows = [...text.matchAll(/^\| (?:<a id="\w+"><\/a>)?`([A-Z_]+)` \| (\w+) \| (.+?) \| (.+?) \|$/gm)].map(
  ([, code = '', severity, summary, remedy = '']) => ({ code, severity, summary, remedy }),
);

describe('docs/diagnostics.md', () => {
  it('tells of every diagnostic there is and of no other, with its level and meaning', () => {
    expect(Object.fromEntries(rows.map(({ code, severity, summary }) => [code, { severity, summary }]))).toEqual(DIAGNOSTICS);
  });

  it('says what to do as SARIF does', () => {
    const plain = rows.map(({ code, remedy }) => [code, remedy.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')]);
    expect(Object.fromEntries(plain)).toEqual(REMEDIES);
  });

  it('tells of each once', () => {
    expect(rows.length).toBe(Object.keys(DIAGNOSTICS).length);
  });
});
