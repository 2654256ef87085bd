import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { runCase } from '../../scripts/fuzz/run-case.ts';
import { kindsIn } from '../../scripts/fuzz/seeds.ts';

const kinds = await kindsIn([join(import.meta.dirname, '..', 'spec', 'fixtures', 'bundles')]);
const folder = mkdtempSync(join(tmpdir(), 'fuzz-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A slice of what `npm run fuzz` does; other cases each time that a seed or a piece is added. */
describe('changed files', () => {
  it('are of every dialect, document and archive', () => {
    expect(kinds.map(({ name }) => name).toSorted()).toEqual(
      [
        'backlog',
        'beads',
        'bmad',
        'gsd',
        'kiro',
        'native',
        'openspec',
        'speckit',
        'speckitty',
        'taskmaster',
        'asyncapi',
        'json-schema',
        'openapi',
        'proto',
        'tar',
        'tar.gz',
        'zip',
        'levels',
        'lock',
      ].toSorted(),
    );
  });

  it.each(kinds.map(({ name }, index) => [name, index] as const))('keep every law: %s', async (_, index) => {
    for (let round = 0; round < 20; round++) {
      const at = index + round * kinds.length;
      const { faults, path } = await runCase({ index: at, seed: 7, kinds, folder });
      expect({ at, path, faults }).toEqual({ at, path, faults: [] });
    }
  });

  it('are the same each time', async () => {
    const place = { index: 5, seed: 7, kinds, folder };
    expect((await runCase(place)).changed).toEqual((await runCase(place)).changed);
  });
});
