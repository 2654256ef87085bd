import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import { compileSchema } from '../../src/base/schema.ts';
import { contractNamed, contractWith, diagnosticOf, placesOf, sectionOf } from './bundle-of.ts';

async function schemaOf(notation: string, ...more: string[]): Promise<JsonObject> {
  const spec = await contractWith(notation, ...more);
  expect(placesOf(spec)).toEqual([]);
  const { $schema: _schema, $id: _id, title: _title, ...body } = contractNamed(spec, 'Thing').schema;
  return body;
}

/** Schema of one field. */
async function fieldOf(type: string): Promise<unknown> {
  return ((await schemaOf(`{ f: ${type} }`))['properties'] as JsonObject)['f'];
}

describe('types', () => {
  it.each<[string, unknown]>([
    ['string', { type: 'string' }],
    ['number', { type: 'number' }],
    ['integer', { type: 'integer' }],
    ['boolean', { type: 'boolean' }],
    ['UUID', { type: 'string', format: 'uuid' }],
    ['URI', { type: 'string', format: 'uri' }],
    ['timestamp', { type: 'string', format: 'date-time' }],
    ['datetime', { type: 'string', format: 'date-time' }],
    ['date', { type: 'string', format: 'date' }],
    ['email', { type: 'string', format: 'email' }],
    ['null', { type: 'null' }],
    ['String', { type: 'string' }],
    ['any', {}],
    ["'a'", { type: 'string', const: 'a' }],
    ["'a' | 'b'", { type: 'string', enum: ['a', 'b'] }],
    ['"a" | "b"', { type: 'string', enum: ['a', 'b'] }],
    ["| 'a' | 'b'", { type: 'string', enum: ['a', 'b'] }],
    ['1 | 2', { type: 'integer', enum: [1, 2] }],
    ['1 | 2.5', { type: 'number', enum: [1, 2.5] }],
    ['-1', { type: 'integer', const: -1 }],
    ['true | false', { type: 'boolean', enum: [true, false] }],
    ["'a' | null", { type: ['string', 'null'], enum: ['a', null] }],
    ['UUID | null', { type: ['string', 'null'], format: 'uuid' }],
    ['string[] | null', { type: ['array', 'null'], items: { type: 'string' } }],
    ['string | number', { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    ["number | 'all'", { anyOf: [{ type: 'number' }, { type: 'string', const: 'all' }] }],
    ['string[]', { type: 'array', items: { type: 'string' } }],
    ['array<string>', { type: 'array', items: { type: 'string' } }],
    ['string[][]', { type: 'array', items: { type: 'array', items: { type: 'string' } } }],
    ["('a' | 'b')[]", { type: 'array', items: { type: 'string', enum: ['a', 'b'] } }],
    ['map<string, number>', { type: 'object', additionalProperties: { type: 'number' } }],
    ['map<number>', { type: 'object', additionalProperties: { type: 'number' } }],
    [
      'map<UUID, string>',
      { type: 'object', propertyNames: { type: 'string', format: 'uuid' }, additionalProperties: { type: 'string' } },
    ],
    ['{ x: number }', { type: 'object', properties: { x: { type: 'number' } }, required: ['x'], additionalProperties: false }],
  ])('%s', async (type, schema) => {
    expect(await fieldOf(type)).toEqual(schema);
  });

  it('makes schemas that the validator accepts', async () => {
    const schema = await schemaOf("{ id: UUID, n: 1 | 2.5, tags: ('a' | 'b')[], more?: map<UUID, string | null>, any: any }");
    const check = compileSchema(schema);
    const value = { id: '0190b6a0-0000-7000-8000-000000000000', n: 2.5, tags: ['a'], any: [] };
    expect(check(value)).toEqual({ valid: true });
    expect(check({ ...value, n: 3 }).valid).toBe(false);
    expect(check({ ...value, other: 1 }).valid).toBe(false);
  });
});

describe('objects', () => {
  it('require every field without a question mark, in source order', async () => {
    const schema = await schemaOf('{ z: string, a?: number, m: UUID }');
    expect(Object.keys(schema['properties'] as JsonObject)).toEqual(['z', 'a', 'm']);
    expect(schema['required']).toEqual(['z', 'm']);
  });

  it.each([
    ['a trailing comma', '{ a: string, b: number, }'],
    ['semicolons', '{ a: string; b: number }'],
    ['full-width punctuation', '{ a： string， b： number }'],
    ['comments', '{ a: string, /* not */ b: number }'],
    ['quoted names', '{ "a": string, \'b\': number }'],
    ['line ends for commas', '{\n      a: string\n      b: number\n    }'],
    ['several code spans', '{ a: string,` `b: number }'],
  ])('may have %s', async (_, notation) => {
    expect((await schemaOf(notation))['required']).toEqual(['a', 'b']);
  });

  it('may have hostile names', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '$ref', 'a b', "it's", 'line\\nbreak', '状态'];
    const schema = await schemaOf(`{ ${names.map((name) => `${JSON.stringify(name.replace('\\n', ' '))}: string`).join(', ')} }`);
    const value = Object.fromEntries((schema['required'] as string[]).map((name) => [name, 'x']));
    expect(compileSchema(schema)(value)).toEqual({ valid: true });
    expect(compileSchema(schema)({}).valid).toBe(false);
  });

  it('may stand in a code fence under the label', async () => {
    const spec = await sectionOf(
      '- Contract: Thing',
      '  - Schema:',
      '    ```ts',
      '    {',
      '      a: string,',
      '      b: Nope',
      '    }',
      '    ```',
    );
    expect(contractNamed(spec, 'Thing').schema['required']).toEqual(['a', 'b']);
    expect(placesOf(spec)).toEqual(['SPEC_TYPE_UNKNOWN 9:10']);
  });

  it('may be written without backticks', async () => {
    const spec = await sectionOf('- Contract: Thing', '  - Schema: { a: string }.');
    expect(contractNamed(spec, 'Thing').schema['required']).toEqual(['a']);
  });

  it('ignores words after the code span', async () => {
    expect(placesOf(await sectionOf('- Contract: Thing', '  - Schema: `{ a: string }` as agreed (see minutes).'))).toEqual([]);
  });
});

describe('references', () => {
  it('name other contracts, and lead to their files', async () => {
    const spec = await contractWith(
      '{ item: LineItem, more: LineItem[] }',
      '- Contract: Line Item',
      '  - Schema: `{ n: integer }`',
    );
    const thing = contractNamed(spec, 'Thing');
    expect(thing.refersTo).toEqual(['contract:line-item']);
    expect(thing.schema['properties']).toEqual({
      item: { $ref: 'line-item.schema.json' },
      more: { type: 'array', items: { $ref: 'line-item.schema.json' } },
    });
    expect(contractNamed(spec, 'Line Item').schema['$id']).toBe('https://agentnexus.dev/schemas/line-item.schema.json');
  });

  it.each(['{ next?: Thing }', '{ all: Thing[] }', '{ next: Thing | null }', '{ by: map<string, Thing> }'])(
    'may lead back to the contract itself: %s',
    async (notation) => {
      const spec = await contractWith(notation);
      expect(placesOf(spec)).toEqual([]);
      expect(contractNamed(spec, 'Thing').refersTo).toEqual(['contract:thing']);
    },
  );
});

describe('what is wrong', () => {
  it.each([
    ['{ a: strng }', 'SPEC_TYPE_UNKNOWN 6:19', '`string`'],
    ['{ a: Thnig }', 'SPEC_TYPE_UNKNOWN 6:19', '`Thing`'],
    ['{ a: string, a: number }', 'SPEC_FIELD_DUPLICATE 6:27', 'rename'],
    ['{ a: string b: number }', 'SPEC_NOTATION 6:26', 'commas'],
    ['{ a string }', 'SPEC_NOTATION 6:18', 'name: type'],
    ['{ a: }', 'SPEC_NOTATION 6:19', 'name: type'],
    ['{ a: string', 'SPEC_NOTATION 6:25', 'name: type'],
    ['{ a: string } }', 'SPEC_NOTATION 6:28', 'braces'],
    ["{ a: 'x }", 'SPEC_NOTATION 6:19', 'same line'],
    ['{ a: X & Y }', 'SPEC_NOTATION 6:21', 'intersected'],
    ['{ [k: string]: string }', 'SPEC_NOTATION 6:16', 'map<string, T>'],
    ['{ a: string = 1 }', 'SPEC_NOTATION 6:26', 'default'],
    ['{ a: Set<string> }', 'SPEC_NOTATION 6:22', 'array<T>'],
    ['{ a: 1e999 }', 'SPEC_NOTATION 6:19', 'string'],
    ['{ a: @ }', 'SPEC_NOTATION 6:19', 'schema looks like'],
    ["{ a: 'x' | 'x' }", 'SPEC_LITERAL_DUPLICATE 6:25', 'Remove'],
    ['{ __proto__: string }', 'SPEC_FIELD_RESERVED 6:16', 'another name'],
    ['{ a: Thing }', 'SPEC_CONTRACT_IMPOSSIBLE 6:19', 'optional'],
    ['{ a: { b: { c: Thing } } }', 'SPEC_CONTRACT_IMPOSSIBLE 6:29', 'optional'],
    [`${'{ a: '.repeat(65)}string${' }'.repeat(65)}`, 'SPEC_NOTATION_DEPTH 6:334', 'contract of its own'],
  ])('%s', async (notation, place, hint) => {
    const spec = await contractWith(notation);
    const [first = ''] = placesOf(spec);
    expect(first).toBe(place);
    expect(diagnosticOf(spec, first.split(' ')[0] ?? '').hint).toContain(hint);
  });

  it('has its place on a wrapped line too', async () => {
    expect(placesOf(await contractWith('{ a: string,\n      b: nmuber }'))).toEqual(['SPEC_TYPE_UNKNOWN 7:10']);
  });

  it('counts columns behind CRLF line ends and in UTF-16 code units', async () => {
    const spec = await contractWith("{ a: '😀', b: nope }");
    expect(placesOf(spec)).toEqual(['SPEC_TYPE_UNKNOWN 6:28']);
  });

  it('is said once: a schema with an error is not missed as well', async () => {
    expect(placesOf(await contractWith('{ a: '))).toHaveLength(1);
  });

  it('SPEC_SCHEMA_MISSING', async () => {
    expect(placesOf(await sectionOf('- Contract: Thing'))).toEqual(['SPEC_SCHEMA_MISSING 4:13']);
  });

  it('SPEC_CONTRACT_IMPOSSIBLE: two contracts that require each other', async () => {
    const spec = await contractWith('{ other: Other }', '- Contract: Other', '  - Schema: `{ thing: Thing }`');
    expect(placesOf(spec)).toEqual(['SPEC_CONTRACT_IMPOSSIBLE 6:23', 'SPEC_CONTRACT_IMPOSSIBLE 10:23']);
  });

  it('SPEC_CYCLE: contracts that need each other, with the path', async () => {
    const spec = await contractWith(
      '{ other?: Other }',
      '- Contract: Other',
      '  - Schema: `{ third?: Third }`',
      '- Contract: Third',
      '  - Schema: `{ thing?: Thing }`',
    );
    expect(placesOf(spec)).toEqual(['SPEC_CYCLE 12:24']);
    expect(diagnosticOf(spec, 'SPEC_CYCLE').message).toContain('Thing → Other → Third → Thing');
  });

  it('SPEC_REFERENCES_TANGLED: a chain whose checks would need millions of files', async () => {
    const chain = Array.from(
      { length: 1200 },
      (_, index) => `- Contract: C${index}\n  - Schema: \`{ next?: ${index === 1199 ? 'string' : `C${index + 1}`} }\``,
    );
    expect(placesOf(await sectionOf(...chain)).filter((place) => !place.startsWith('SPEC_CONTRACT_UNUSED'))).toEqual([
      'SPEC_REFERENCES_TANGLED 4:13',
    ]);
  });

  it('SPEC_NAME_IS_TYPE', async () => {
    expect(placesOf(await sectionOf('- Contract: Date', '  - Schema: `{ day: integer }`'))).toEqual(['SPEC_NAME_IS_TYPE 4:13']);
  });
});
