import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { compileSchema } from '../../src/base/schema.ts';
import { SchemaArbitraries } from '../../src/runtime/qa/contracts/schema-arbitrary.ts';
import { schemaBreaks } from '../../src/runtime/qa/contracts/schema-breaks.ts';

/** Its source distribution holds the test suite of JSON Schema: fetched here only, at the version that it was tried with. */
const SUITE = 'jsonschema==4.25.1';
const SEED = 7;

interface Group {
  description: string;
  schema: JsonObject | boolean;
  tests: { data: JsonValue; valid: boolean }[];
}

const folder = mkdtempSync(join(tmpdir(), 'schema-suite-'));
let missing: string | undefined;
beforeAll(async () => {
  const download = ['-m', 'pip', 'download', '-q', '--no-deps', '--no-binary', 'jsonschema', SUITE, '-d', folder];
  const run = promisify(execFile);
  await run('python3', download)
    .then(() => run('sh', ['-c', 'tar xzf *.tar.gz --strip-components=1'], { cwd: folder }))
    .catch((error: unknown) => (missing = `pip download ${SUITE} failed: ${String(error)}`));
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('values by the schemas of the draft 2020-12 suite are valid, and broken ones are not', { timeout: 300_000 }, (context) => {
  if (missing !== undefined) context.skip(missing);
  const groups = groupsOf(join(folder, 'json', 'tests', 'draft2020-12')).filter(isJudged);
  const [wrong, unmade]: [string[], string[]] = [[], []];
  for (const { description, schema } of groups) {
    const check = compileSchema(schema);
    try {
      const arbitraries = new SchemaArbitraries(schema);
      const values = fc.sample(arbitraries.whole(), { numRuns: 30, seed: SEED });
      const broken = schemaBreaks(arbitraries).breaks.flatMap((each) => fc.sample(each.values, { numRuns: 5, seed: SEED }));
      wrong.push(...values.filter((value) => !check(value).valid).map((value) => `${description}: ${JSON.stringify(value)}`));
      wrong.push(
        ...broken.filter((value) => check(value).valid).map((value) => `${description}, broken: ${JSON.stringify(value)}`),
      );
    } catch {
      unmade.push(description);
    }
  }
  expect(groups.length).toBeGreaterThan(280);
  expect(wrong).toEqual([]);
  // A root that only `$id` names, alternatives that exclude each other place by place, and a member that must be there and is called `__proto__`.
  expect(unmade.length).toBeLessThanOrEqual(4);
});

function groupsOf(suite: string): (Group & { schema: JsonObject })[] {
  const groups = readdirSync(suite)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(join(suite, name), 'utf8')) as Group[]);
  return groups.flatMap(({ schema, ...group }) => {
    if (typeof schema === 'boolean') return [];
    const { $schema: _, ...rest } = schema;
    return [{ ...group, schema: rest }];
  });
}

/** Some value is valid, and ajv says of all what the suite does: remote references, `$dynamicRef` and formats that only annotate it sees otherwise. */
function isJudged({ schema, tests }: Group & { schema: JsonObject }): boolean {
  try {
    const check = compileSchema(schema);
    return tests.some(({ valid }) => valid) && tests.every(({ data, valid }) => check(data).valid === valid);
  } catch {
    return false;
  }
}
