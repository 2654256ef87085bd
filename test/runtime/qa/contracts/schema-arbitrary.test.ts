import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { messageOf } from '../../../../src/base/errors.ts';
import { compileSchema } from '../../../../src/base/schema.ts';
import { SchemaArbitraries } from '../../../../src/runtime/qa/contracts/schema-arbitrary.ts';
import { schemaBreaks } from '../../../../src/runtime/qa/contracts/schema-breaks.ts';
import { KEYWORD_SCHEMAS } from './keyword-schemas.ts';

const SEED = 20260115;

describe.each(Object.entries(KEYWORD_SCHEMAS))('values by a schema: %s', (_, schema) => {
  const check = compileSchema(schema);

  it('are all valid, and do not come from much refusing', () => {
    const arbitraries = new SchemaArbitraries(schema);
    const samples = fc.sample(arbitraries.whole(), { numRuns: 100, seed: SEED });
    expect(samples.filter((value) => !check(value).valid)).toEqual([]);
    const { made, refused } = arbitraries.rejections;
    expect(made === 0 ? 0 : refused / made).toBeLessThan(0.9);
  });

  it('are all invalid when one keyword is broken', () => {
    const { breaks } = schemaBreaks(new SchemaArbitraries(schema));
    for (const { keyword, path, values } of breaks) {
      const samples = fc.sample(values, { numRuns: 10, seed: SEED });
      expect(
        samples.filter((value) => check(value).valid),
        `${keyword} at ${path}`,
      ).toEqual([]);
    }
  });

  it('are valid after each step of shrinking', () => {
    const result = fc.check(
      fc.property(new SchemaArbitraries(schema).whole(), (value) => {
        if (!check(value).valid) throw new Error('invalid');
        return JSON.stringify(value).length < 4;
      }),
      { numRuns: 20, seed: SEED, endOnFailure: false },
    );
    expect(messageOf(result.errorInstance)).not.toContain('invalid');
  });
});

describe('a planted bug', () => {
  const order = KEYWORD_SCHEMAS['an order'] ?? {};
  const smallest = (isRight: (value: never) => boolean) =>
    fc.check(
      fc.property(new SchemaArbitraries(order).whole(), (value) => isRight(value as never)),
      { seed: SEED, numRuns: 500 },
    ).counterexample?.[0];

  it('shrinks to an order that has nothing but what the bug needs', () => {
    expect(smallest(({ items }: { items: { count: number }[] }) => items.every(({ count }) => count < 12))).toMatchObject({
      items: [{ sku: 'AAA', count: 12 }],
      total: 0,
    });
    expect(Object.keys(smallest(({ total }: { total: number }) => total < 50) as object).toSorted()).toEqual([
      'id',
      'items',
      'total',
    ]);
  });
});

describe('what breaks a schema', () => {
  it('is each keyword that asks something, where it asks it', () => {
    const { breaks, unbroken } = schemaBreaks(new SchemaArbitraries(KEYWORD_SCHEMAS['an order'] ?? {}));
    expect(breaks.map(({ keyword, path }) => `${keyword} ${path}`).toSorted()).toEqual([
      'additionalProperties ',
      'additionalProperties /items/0',
      'format /id',
      'format /placedAt',
      'maxItems /items',
      'maxLength /note',
      'minItems /items',
      'minimum /items/0/count',
      'minimum /total',
      'multipleOf /total',
      'pattern /items/0/sku',
      'required ',
      'required ',
      'required ',
      'required /items/0',
      'required /items/0',
      'type ',
      'type /id',
      'type /items',
      'type /items/0',
      'type /items/0/count',
      'type /items/0/sku',
      'type /note',
      'type /placedAt',
      'type /total',
    ]);
    expect(unbroken).toEqual([]);
  });

  it('says what it cannot break', () => {
    expect(schemaBreaks(new SchemaArbitraries({ type: 'string', minLength: 0 })).unbroken).toEqual(['minLength at the root']);
  });

  it('refuses what no value can meet', () => {
    expect(() => new SchemaArbitraries({ type: 'string', minLength: 3, maxLength: 2 }).whole()).toThrow('minLength');
    expect(() => new SchemaArbitraries({ type: 'object', required: ['a'], properties: { a: false } }).whole()).toThrow('false');
  });
});
