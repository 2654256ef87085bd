import { describe, expect, it } from 'vitest';

import { ACCOUNTED, accountOf, contractNamed, diagnosticOf, elementOf, placesOf, specOf } from './bundle-of.ts';

const TITLE = { 'a.md': '# Shop\n- Say it\n' };
const json = (value: unknown): string => JSON.stringify(value, null, 2);

describe('JSON Schema documents', () => {
  it('are contracts, named by title or file', async () => {
    const spec = await specOf({
      ...TITLE,
      'order.schema.json': json({ title: 'Order', type: 'object', properties: { id: { type: 'string' } } }),
      'x/line-item.json': json({ $schema: 'http://json-schema.org/draft-07/schema#', type: 'array' }),
      'note.schema.yaml': 'type: object\nproperties:\n  at: {type: string, format: date-time}\n',
    });
    expect(spec.elements.slice(1).map((element) => element.id)).toEqual([
      'contract:order',
      'contract:line-item',
      'contract:note',
    ]);
    expect(contractNamed(spec, 'Order').schema).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://agentnexus.dev/schemas/order.schema.json',
      title: 'Order',
      type: 'object',
      properties: { id: { type: 'string' } },
    });
    expect(accountOf(spec)).toEqual(ACCOUNTED);
    expect(spec.coverage.documents).toBeGreaterThan(10);
  });

  it('refer to each other by path, by $id and by name from the notation', async () => {
    const spec = await specOf({
      'a.md': '# Shop\n- Contract: Cart\n  - Schema: `{ order: Order }`\n',
      'x/order.schema.json': json({
        $id: 'urn:order',
        title: 'Order',
        properties: { a: { $ref: '../item.schema.json' }, b: { $ref: 'urn:item' }, c: { $ref: '#/properties/a' } },
      }),
      'item.schema.json': json({ $id: 'urn:item', title: 'Item', type: 'object' }),
    });
    expect(placesOf(spec)).toEqual([]);
    expect(contractNamed(spec, 'Order')).toMatchObject({
      refersTo: ['contract:item'],
      schema: { properties: { a: { $ref: 'item.schema.json' }, b: { $ref: 'item.schema.json' }, c: { $ref: '#/properties/a' } } },
    });
    expect(contractNamed(spec, 'Cart').refersTo).toEqual(['contract:order']);
  });

  it('leave data that looks like a reference alone', async () => {
    const schema = { title: 'T', const: { $ref: 'x.json' }, properties: { default: { $ref: '#' }, $ref: { type: 'string' } } };
    const spec = await specOf({ ...TITLE, 't.schema.json': json(schema) });
    expect(contractNamed(spec, 'T').schema).toMatchObject(schema);
    expect(placesOf(spec)).toEqual([]);
  });

  it.each([
    ['a reference to nothing', { $ref: 'other.schema.json' }, 'SPEC_REFERENCE_UNKNOWN'],
    ['a reference to the network', { $ref: 'https://example.com/x.json' }, 'SPEC_REFERENCE_UNKNOWN'],
    ['a type that is none', { properties: { a: { type: 'strin' } } }, 'SPEC_SCHEMA_INVALID'],
    [
      'a requirement of itself',
      { type: 'object', required: ['a'], properties: { a: { $ref: 't.schema.json' } } },
      'SPEC_CONTRACT_IMPOSSIBLE',
    ],
  ])('%s is an error', async (_, schema, code) => {
    expect(diagnosticOf(await specOf({ ...TITLE, 't.schema.json': json({ title: 'T', ...schema }) }), code).file).toBe(
      't.schema.json',
    );
  });

  it.each(['../../etc/passwd', '../../../x.json', 'x/../../../y.json'])(
    'that reach out of the bundle are refused: %s',
    async ($ref) => {
      await expect(specOf({ ...TITLE, 'a/t.schema.json': json({ $ref }) })).rejects.toThrow(
        expect.objectContaining({ code: 'BUNDLE_ESCAPE' }),
      );
    },
  );
});

describe('documents that are no specification', () => {
  it.each([
    ['package.json', '{ "name": "x" }', 'SPEC_DOCUMENT_IGNORED'],
    ['list.json', '[1]', 'SPEC_DOCUMENT_IGNORED'],
    ['text.yaml', 'just text', 'SPEC_DOCUMENT_IGNORED'],
    ['bad.json', '{\n  "a": \n}', 'SPEC_DOCUMENT_INVALID'],
    ['bad.yaml', 'a: [\n', 'SPEC_DOCUMENT_INVALID'],
    ['deep.json', `{"$schema": "x", "a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'SPEC_DOCUMENT_INVALID'],
    [
      'bomb.yaml',
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: &k${i} [*${i === 0 ? 'a' : `k${i - 1}`}, *${i === 0 ? 'a' : `k${i - 1}`}]`).join('\n')}\n`,
      'SPEC_DOCUMENT_INVALID',
    ],
  ])('%s', async (path, text, code) => {
    const spec = await specOf({ ...TITLE, [path]: text });
    expect(diagnosticOf(spec, code).file).toBe(path);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});

describe('documents beside the tasks of a dialect', () => {
  const task = '{"tasks":[{"id":1,"title":"A","status":"pending"}]}';

  it.each([
    ['settings.json', '{ // with a comment\n  "a": 1 }', 'SPEC_DOCUMENT_IGNORED'],
    ['tsconfig.json', '{ "$schema": "https://json.schemastore.org/tsconfig", // so\n "a": 1 }', 'SPEC_DOCUMENT_IGNORED'],
    ['notes.yaml', 'a: b: c\n', 'SPEC_DOCUMENT_IGNORED'],
    ['api.yaml', 'openapi: 3.1.0\na: b: c\n', 'SPEC_DOCUMENT_INVALID'],
    ['order.schema.json', '{ "a": \n}', 'SPEC_DOCUMENT_INVALID'],
  ])('%s', async (path, text, code) => {
    const spec = await specOf({ 'tasks/tasks.json': task, [path]: text });
    expect(spec.dialect).toBe('taskmaster');
    expect(diagnosticOf(spec, code).file).toBe(path);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it.each(['https://json.schemastore.org/tsconfig', './node_modules/nx/schemas/project-schema.json'])(
    'are no contracts because they are written after %s',
    async ($schema) => {
      const spec = await specOf({ ...TITLE, 'project.json': JSON.stringify({ $schema, name: 'a' }) });
      expect(spec.elements.filter(({ kind }) => kind === 'contract')).toEqual([]);
    },
  );
});

describe('OpenAPI documents', async () => {
  const document = {
    openapi: '3.0.3',
    info: { title: 'Order API', version: '1', description: 'Takes orders.' },
    paths: {
      '/orders': {
        parameters: [],
        post: {
          summary: 'Place an order',
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
          responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Receipt' } } } } },
        },
        get: { responses: {} },
      },
    },
    components: {
      schemas: {
        Order: {
          type: 'object',
          properties: { note: { type: 'string', nullable: true }, n: { type: 'number', minimum: 0, exclusiveMinimum: true } },
        },
        Receipt: { type: 'object', properties: { order: { $ref: '#/components/schemas/Order' } } },
      },
    },
  };
  const spec = await specOf({ ...TITLE, 'api.json': json(document) });

  it('are a component with their operations', () => {
    expect(elementOf(spec, 'component')).toMatchObject({
      id: 'component:order-api',
      responsibilities: ['Takes orders.'],
      interfaces: [
        { kind: 'rest', name: 'GET /orders', method: 'GET', path: '/orders' },
        { kind: 'rest', name: 'POST /orders', description: 'Place an order' },
      ],
    });
  });

  it('have their schemas as contracts, consumed and produced by the component', () => {
    expect(placesOf(spec)).toEqual([]);
    expect(contractNamed(spec, 'Order')).toMatchObject({ consumers: [{ element: 'component:order-api' }], producers: [] });
    expect(contractNamed(spec, 'Receipt')).toMatchObject({
      producers: [{ element: 'component:order-api' }],
      refersTo: ['contract:order'],
    });
    expect(contractNamed(spec, 'Receipt').schema['properties']).toEqual({ order: { $ref: 'order.schema.json' } });
  });

  it('of version 3.0 become JSON Schema 2020-12', () => {
    expect(contractNamed(spec, 'Order').schema['properties']).toEqual({
      note: { type: ['string', 'null'] },
      n: { type: 'number', exclusiveMinimum: 0 },
    });
  });

  it('may be YAML', async () => {
    const yaml = await specOf({
      ...TITLE,
      'api.yaml': 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths:\n  /a:\n    get: {responses: {}}\n',
    });
    expect(elementOf(yaml, 'component').interfaces).toMatchObject([{ name: 'GET /a' }]);
  });
});
