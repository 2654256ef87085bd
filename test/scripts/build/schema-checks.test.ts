import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { schemaChecks } from '../../../scripts/build/schema-checks.ts';
import type { CheckBySchema } from '../../../src/base/check-by.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { valueNear } from './value-near.ts';

type Check = CheckBySchema & { schema: JsonObject };

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SEED = 20261123;
const modules = globSync('src/**/*-check.ts', { cwd: ROOT });

let dist: string;
beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'schema-checks-'));
  const plugins = [schemaChecks(join(ROOT, 'src'))];
  const options = { absWorkingDir: ROOT, entryPoints: modules, outbase: 'src', outdir: dist, plugins };
  await build({ ...options, bundle: true, format: 'esm', platform: 'node' });
});
afterAll(async () => rm(dist, { recursive: true }));

it('modules of checks are found', () => expect(modules.length).toBeGreaterThan(8));

describe.each(modules)('%s', (module) => {
  const file = () => join(dist, module.slice('src/'.length).replace(/\.ts$/, '.js'));

  it('is built without the compiler', async () => {
    expect(await readFile(file(), 'utf8')).not.toMatch(/class Ajv/);
  });

  it('says of any value what the sources say, fault by fault', async () => {
    const [source, built] = [await checksOf(join(ROOT, module)), await checksOf(file())];
    expect([...built.keys()].toSorted()).toEqual([...source.keys()].toSorted());
    const messages = new Set<string>();
    for (const [name, check] of source) {
      const values = fc.sample(valueNear(check.schema), { numRuns: 300, seed: SEED });
      for (const value of [...values, undefined, { constructor: 1, toString: null }]) {
        const said = check(value);
        expect(built.get(name)?.(value), name).toEqual(said);
        if (!said.valid) for (const { message } of said.errors) messages.add(message);
      }
    }
    expect(messages.size).toBeGreaterThan(5);
  });
});

/** Checks by their names; one that stands in an object by that one's name too. */
async function checksOf(path: string): Promise<Map<string, Check>> {
  const exported = (await import(pathToFileURL(path).href)) as Record<string, Check | Record<string, Check>>;
  const flat = Object.entries(exported).flatMap(([name, value]): [string, Check][] =>
    typeof value === 'function' ? [[name, value]] : Object.entries(value).map(([key, check]) => [`${name}.${key}`, check]),
  );
  return new Map(flat);
}
