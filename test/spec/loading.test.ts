import { join } from 'node:path';

import { build } from 'esbuild';
import { expect, it } from 'vitest';

const SPEC = 'src/spec';
const PARSERS = new Set(['markdown-it', 'yaml']);

const { metafile } = await build({
  absWorkingDir: join(import.meta.dirname, '..', '..'),
  entryPoints: [`${SPEC}/interpret.ts`],
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  outdir: 'nowhere',
  metafile: true,
  write: false,
});

/** The parsers that are loaded with a module, or, `ever`, that may be loaded later because of it. */
function parsersOf(module: string, ever = false): string[] {
  const seen = new Set([module]);
  for (const path of seen) {
    for (const each of metafile.inputs[path]?.imports ?? []) if (ever || each.kind === 'import-statement') seen.add(each.path);
  }
  return [...seen].filter((path) => PARSERS.has(path)).toSorted();
}

it('reads with parsers', () => {
  expect(parsersOf(`${SPEC}/interpret.ts`, true)).toEqual(['markdown-it', 'yaml']);
});

it('loads none of them to find out which dialect reads', () => {
  expect(parsersOf(`${SPEC}/interpret.ts`)).toEqual([]);
});

it.each([
  ['taskmaster', []],
  ['beads', []],
  ['bmad', []],
  ['speckit', ['markdown-it']],
  ['native', ['markdown-it', 'yaml']],
])('loads for %s what that reads with: %j', (dialect, parsers) => {
  expect(parsersOf(`${SPEC}/dialects/${dialect}/read.ts`)).toEqual(parsers);
});
