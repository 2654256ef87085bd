import { generate, type JsonSchema } from 'json-schema-faker';
import { describe, expect, it } from 'vitest';

import type { JsonObject, JsonValue } from '../../../../src/base/json.ts';
import { compileSchema } from '../../../../src/base/schema.ts';
import { SchemaArbitraries } from '../../../../src/runtime/qa/contracts/schema-arbitrary.ts';
import { KEYWORD_SCHEMAS } from './keyword-schemas.ts';

/** Of these json-schema-faker 0.6.3 makes values that they refuse: there the one who holds values against them is the better one. */
const BEYOND_FAKER = new Set([
  'enum with a type',
  'pattern that looks ahead',
  'format duration',
  'large integer',
  'propertyNames',
  'oneOf, overlapping',
  'not',
  'recursive',
  'recursive alternatives',
]);

const SAMPLES = 25;

const byFaker = (schema: JsonObject): Promise<JsonValue[]> =>
  Promise.all(Array.from({ length: SAMPLES }, async (_, seed) => (await generate(schema as JsonSchema, { seed })) as JsonValue));

/** It follows no `$anchor`. */
const SCHEMAS = Object.entries(KEYWORD_SCHEMAS).filter(([name]) => name !== '$anchor');

describe.each(SCHEMAS)('values that json-schema-faker makes: %s', (name, schema) => {
  it('are taken by what holds ours, and refused where they are wrong', async () => {
    const arbitraries = new SchemaArbitraries(schema);
    const [theirs, ours] = [compileSchema(schema), arbitraries.root.check(arbitraries.root.schema)];
    const values = await byFaker(schema);
    expect(values.filter((value) => ours(value) !== theirs(value).valid)).toEqual([]);
    if (!BEYOND_FAKER.has(name)) expect(values.filter((value) => !ours(value))).toEqual([]);
  });
});
