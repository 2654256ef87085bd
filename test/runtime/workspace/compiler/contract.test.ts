import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { createCompiler } from '../../../../src/runtime/workspace/compiler/compiler.ts';
import { TOOLS } from '../../../../src/runtime/workspace/compiler/tasks/scaffold.ts';
import { closed, contract, ERROR, makeShop, ORDER, taskOf, Workshop } from './fixture.ts';

async function filesOf(draft: object, workshop = new Workshop()): Promise<Record<string, string>> {
  const files = await workshop.make('contract', 'contract', { ...draft });
  return Object.fromEntries(files.map(({ path, content }) => [path, String(content)]));
}

async function reasonOf(draft: object): Promise<string> {
  const result = await new Workshop().attempt('contract', 'contract', { ...draft });
  return result.outcome === 'failed' ? result.reason : 'done';
}

describe('a contract', () => {
  test('publishes its schema as it is stated, with dialect, id and title', async () => {
    const files = await filesOf(ORDER);
    expect(JSON.parse(files['schemas/order.schema.json'] ?? '')).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'order.schema.json',
      title: 'Order',
      ...ORDER.schema,
    });
  });

  test('keeps the id and title it has', async () => {
    const schema = { $id: 'https://example.org/schemas/order.schema.json', title: 'An order', ...ORDER.schema };
    const files = await filesOf({ ...ORDER, schema });
    expect(JSON.parse(files['schemas/order.schema.json'] ?? '')).toMatchObject({ $id: schema.$id, title: 'An order' });
  });

  test('reads as a person would write it', async () => {
    const { 'src/contracts/order.ts': source, 'test/contracts/order.arbitrary.ts': arbitrary } = await filesOf(ORDER);
    expect(source).toContain("  state: 'open' | 'paid' | 'sent';\n  total: number;\n  lines: { sku: string; count: number }[];");
    expect(arbitrary).toContain("  state: fc.constantFrom('open', 'paid', 'sent'),\n  total: number({ min: 0, max: 1000000 }),");
    expect(arbitrary).toContain("{ path: '/lines/0', keyword: 'type', wrong: otherThan('object') }");
  });

  test('refers to other contracts by import, in either direction', async () => {
    const part = { $ref: 'order.schema.json' };
    const files = await filesOf(contract('Parcel', 'parcel', closed({ order: part }), [{ name: 'Order', slug: 'order' }]));
    expect(files['src/contracts/parcel.ts']).toContain("import type { Order } from './order.js';");
    expect(files['src/contracts/parcel.validator.ts']).toContain("from './order.validator.js';");
    expect(files['test/contracts/parcel.arbitrary.ts']).toContain('later(() => arbitraryOrder)');
    const workshop = new Workshop();
    await workshop.make('contract', 'contract:order', { ...ORDER });
    const after = await filesOf(
      contract('Parcel', 'parcel', closed({ order: part }), [{ name: 'Order', slug: 'order' }]),
      workshop,
    );
    expect(after['test/contracts/parcel.arbitrary.ts']).toContain('{ order: arbitraryOrder }');
  });

  test('is the same bytes whatever was compiled before it', async () => {
    const first = await filesOf(ORDER);
    const workshop = new Workshop();
    for (let index = 0; index < 5; index++)
      await workshop.make('contract', `contract:${index}`, { ...ERROR, slug: `error-${index}` });
    expect(await filesOf(ORDER, workshop)).toEqual(first);
  });

  test.each([
    ['a reference to nobody', closed({ a: { $ref: 'ghost.schema.json' } }), 'ghost.schema.json'],
    [
      'a reference into another contract',
      closed({ a: { $ref: 'order.schema.json#/properties/id' } }),
      'refer to a whole contract',
    ],
    ['a reference to nothing inside', closed({ a: { $ref: '#/$defs/none' } }), 'none'],
    ['a keyword with a wrong value', { type: 'strnig' }, 'not a valid JSON Schema'],
    ['another dialect', { $schema: 'http://json-schema.org/draft-04/schema#' }, 'not JSON Schema 2020-12'],
    ['a member __proto__', JSON.parse('{"type":"object","properties":{"__proto__":{}}}') as object, '__proto__'],
    ['a pattern that is none', { type: 'string', pattern: '(' }, 'Invalid regular expression'],
    ['bounds that leave nothing', { type: 'integer', minimum: 5, maximum: 3 }, 'no number'],
    ['a value that never ends', closed({ next: { $ref: '#' } }), 'without end'],
    ['a schema that is no object', 7, 'schema is not an object'],
  ])('is refused for %s', async (_, schema, reason) => {
    expect(
      await reasonOf({ ...ORDER, schema, slug: 'bad', name: 'Bad', refersTo: [{ name: 'Order', slug: 'order' }] }),
    ).toContain(reason);
  });

  test.each(['../escape', 'a/b', 'a b', '', 'a--b', '.', 'x'.repeat(300), 'C:x'])(
    'is refused with the slug %j, which would not be a safe file name',
    async (slug) => {
      expect(await reasonOf({ ...ORDER, name: '***', slug })).toContain('file name');
    },
  );

  test('whose definitions double at each step is compiled, and stays small', async () => {
    const steps = Array.from({ length: 40 }, (_, index) => [
      `d${index}`,
      closed({ a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } }),
    ]);
    const schema = { $ref: '#/$defs/d0', $defs: { ...(Object.fromEntries(steps) as object), d40: { type: 'string' } } };
    const files = await filesOf({ ...ORDER, schema });
    expect(Object.values(files).join('').length).toBeLessThan(200_000);
  });

  test('whose alternatives multiply is refused rather than written out', async () => {
    const either = (index: number): object => ({
      anyOf: [`a${index}`, `b${index}`].map((key) => ({ required: [key], $ref: `#/$defs/d${index + 1}` })),
    });
    const steps = Array.from({ length: 24 }, (_, index) => [`d${index}`, either(index)]);
    const schema = { $ref: '#/$defs/d0', $defs: { ...(Object.fromEntries(steps) as object), d24: { type: 'object' } } };
    expect(await reasonOf({ ...ORDER, schema })).toContain('alternatives');
  });
});

describe('the compiler', () => {
  test('gives the same bytes twice', async () => {
    expect([...(await makeShop()).files.values()]).toEqual([...(await makeShop()).files.values()]);
  });

  test('does not start when it is stopped, and does no task of another kind', async () => {
    const brief = { mission: 'm', attempt: 1, needs: new Map(), tree: () => [], read: () => new Uint8Array() };
    const stopped = await createCompiler().perform(
      { ...brief, task: taskOf('scaffold', 's', { name: 'x' }) },
      AbortSignal.abort(),
      async () => undefined,
    );
    expect(stopped).toMatchObject({ outcome: 'failed' });
    expect(await new Workshop().attempt('gate', 'gate', {})).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('gate') as string,
    });
  });

  test('writes the versions of tools that the product itself is tested with', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const own = { ...devDependencies, ...dependencies };
    for (const [name, range] of Object.entries(TOOLS))
      expect([name, range.replace(/^[~^]/, '')]).toEqual([name, own[name]?.replace(/^[~^]/, '')]);
  });

  test('refuses an account of lines that has a gap, an overlap or a wrong end', async () => {
    const lines = (...ranges: [number, number][]): object[] =>
      ranges.map(([from, to]) => ({ file: 'a.md', from, to, what: 'prose' }));
    const attempt = (list: object[]): Promise<object> =>
      new Workshop().attempt(
        'assemble',
        'assemble',
        JSON.parse(JSON.stringify({ name: 'x', title: 'x', elements: [], controls: [], lines: list })) as object as never,
      );
    expect(await attempt(lines([1, 2], [3, 3]))).toMatchObject({ outcome: 'done' });
    for (const list of [lines([1, 2], [4, 5]), lines([1, 2], [2, 3]), lines([2, 3]), lines([1, 0])])
      expect(await attempt(list)).toMatchObject({ outcome: 'failed' });
  });
});
