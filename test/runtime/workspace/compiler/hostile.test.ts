import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import fullFormats from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { JsonObject, JsonValue } from '../../../../src/base/json.ts';
import { compileSchema } from '../../../../src/base/schema.ts';
import { slug as slugOf } from '../../../../src/base/text.ts';
import { contractNames } from '../../../../src/runtime/workspace/compiler/schema/contract-schema.ts';
import { closed, contract, type ContractDraft, Workshop } from './fixture.ts';

/** What would betray that text of the specification has become code. */
const PAYLOAD = 'globalThis.pwned = true';

const NASTY = [
  `*/ ${PAYLOAD}; /*`,
  `\`\${${PAYLOAD}}\``,
  `'; ${PAYLOAD}; '`,
  `"; ${PAYLOAD}; "`,
  `\n${PAYLOAD}\n`,
  `\u2028${PAYLOAD}\u2029`,
  `\\'; ${PAYLOAD}; //`,
  `</script><!-- ${PAYLOAD} -->`,
  '//',
  '',
  'constructor',
  'toString',
  'class',
  'await',
  'Object',
  'Promise',
  'ContractViolation',
  'fc',
  'validate',
  'value',
  '状态 机',
  'İstanbul ß ǆ',
  '🚀',
  'a-b',
  'A B',
  'AB',
  'v1',
  'v 1',
  '3D',
  '@param {x} evil',
  'x'.repeat(500),
];

/** Slugs as the interpreter gives them: safe, and each once. */
function draftsOf(names: readonly string[]): ContractDraft[] {
  const used = new Set<string>();
  return names.map((name, index) => {
    const wanted = Array.from(slugOf(name)).slice(0, 60).join('').replace(/-+$/, '') || 'unnamed';
    const slug = used.has(wanted) ? `${wanted}-${index}` : wanted;
    used.add(slug);
    return contract(name, slug, hostileSchema(name));
  });
}

function hostileSchema(text: string): JsonObject {
  const key = text || 'empty';
  return {
    $id: text,
    title: text,
    description: text,
    type: 'object',
    properties: {
      [key]: { type: 'string', description: text, enum: [...new Set([text, 'b'])] },
      [`${key}2`]: { const: { [key]: [text, 1, null] }, title: text },
      [`${key}3`]: { type: 'string', pattern: `^${text.replace(/[^\w ]/gu, '.')}$`, format: text, $comment: text },
      [`${key}4`]: { $ref: '#/$defs/part' },
    },
    required: [key, `${key}4`],
    $defs: {
      part: {
        $id: `https://example.org/${encodeURIComponent(text)}`,
        type: 'object',
        description: text,
        properties: { [key]: { type: 'boolean' } },
      },
    },
  };
}

const EXACT: Record<string, JsonObject> = {
  members: closed({ constructor: { type: 'string' }, toString: { type: 'boolean' } }),
  optional: { type: 'object', properties: { valueOf: { type: 'number' } } },
  conditional: JSON.parse(
    `{"type":"object","properties":{"k":{"enum":["a","b"]},"v":{}},"required":["k"],
      "if":{"properties":{"k":{"const":"a"}}},"then":{"required":["v"]}}`,
  ) as JsonObject,
  unevaluated: {
    allOf: [{ type: 'object', properties: { a: { type: 'string' } } }],
    properties: { b: {} },
    unevaluatedProperties: false,
  },
  tuple: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false },
  unique: { type: 'array', uniqueItems: true, items: { type: ['integer', 'object', 'array', 'null'] } },
  tree: {
    type: 'object',
    properties: { next: { $ref: '#' }, kids: { type: 'array', items: { $ref: '#/$defs/kid' } } },
    $defs: { kid: { anyOf: [{ type: 'null' }, { $ref: '#' }] } },
  },
  oneOf: { oneOf: [{ type: 'integer' }, { type: 'number', minimum: 2 }] },
  not: { not: { type: 'string', minLength: 2 } },
  dynamic: { $dynamicAnchor: 'node', type: 'object', properties: { child: { $dynamicRef: '#node' } } },
  lengths: { type: 'string', minLength: 2, maxLength: 3 },
  multiple: { type: 'number', multipleOf: 0.5, exclusiveMinimum: -1 },
  contains: { type: 'array', contains: { type: 'integer' }, minContains: 2, maxContains: 3 },
  names: { type: 'object', propertyNames: { maxLength: 2 }, patternProperties: { '^a': { type: 'integer' } }, minProperties: 1 },
};

let folder: string;
let drafts: ContractDraft[];

beforeAll(async () => {
  const workshop = new Workshop();
  await workshop.make('scaffold', 'scaffold', { name: '../Ünsafe "name"', title: `*/ ${PAYLOAD} \`` });
  drafts = draftsOf(NASTY);
  for (const draft of drafts) await workshop.make('contract', `contract:${draft.slug}`, { ...draft });
  for (const [name, schema] of Object.entries(EXACT))
    await workshop.make('contract', `exact:${name}`, { ...contract(name, `exact-${name.toLowerCase()}`, schema) });
  for (const [index, name] of NASTY.entries()) {
    await workshop.make('component', `component:${index}`, hostileComponent(name, `part-${index}`));
    await workshop.make('integration', `integration:${index}`, { name, slug: `part-${index}`, purpose: name });
  }
  await workshop.make('assemble', 'assemble', assembly(drafts));
  folder = workshop.write();
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hostileComponent(text: string, slug: string): JsonObject {
  const kinds = ['rest', 'topic', 'websocket', 'grpc', 'sql-view', 'cli', 'metrics', text];
  return {
    name: text,
    slug,
    responsibilities: [text, text],
    interfaces: kinds.map((kind) => ({ kind, name: text, description: text })),
    produces: drafts.slice(0, 3).map(({ name, slug: contractSlug }) => ({ name, slug: contractSlug })),
    consumes: drafts.slice(2, 5).map(({ name, slug: contractSlug }) => ({ name, slug: contractSlug })),
  };
}

function assembly(contracts: readonly ContractDraft[]): JsonObject {
  const source = { file: `a\n*/ ${PAYLOAD}.md`, line: 1, endLine: 1 };
  return {
    name: 'x',
    title: NASTY.join(' '),
    elements: [
      ...contracts.map(({ name, slug }) => ({ id: `contract:${slug}`, kind: 'contract', name, slug, source })),
      ...NASTY.flatMap((name, index) =>
        ['component', 'integration'].map((kind) => ({ id: `${kind}:${index}`, kind, name, slug: `part-${index}`, source })),
      ),
    ],
    controls: NASTY.map((text, index) => ({ id: `control:${index}`, text, section: text, source })),
    lines: [{ file: source.file, from: 1, to: 1, what: NASTY[0] ?? '' }],
  };
}

async function load(path: string): Promise<Record<string, unknown>> {
  return (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'dist/src', path)).href)) as Record<string, unknown>;
}

test(
  'whatever the specification is called, the package compiles, and loading it runs nothing of the text',
  { timeout: 60_000 },
  async () => {
    const { stdout } = spawnSync(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--sourceMap', 'false'],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stdout).toBe('');
    for (const draft of drafts) {
      const { is, parse, assert } = contractNames(draft);
      expect(Object.keys(await load(`contracts/${draft.slug}.js`)).sort()).toEqual([is, parse, assert].sort());
    }
    for (const part of ['components', 'integrations']) {
      for (const file of readdirSync(join(folder, 'dist/src', part)).filter((name) => name.endsWith('.js')))
        await load(`${part}/${file}`);
    }
    await load('index.js');
    expect('pwned' in globalThis).toBe(false);
  },
);

describe('validators', () => {
  test.each(Object.entries(EXACT))('agree with the schema on any value: %s', async (name, schema) => {
    const module = await load(`contracts/exact-${name.toLowerCase()}.js`);
    const accepts = module[contractNames({ name, slug: `exact-${name.toLowerCase()}` }).is] as (value: unknown) => boolean;
    const reference = compileSchema(schema);
    fc.assert(
      fc.property(valuesNear(schema), (value) => {
        expect(accepts(value)).toBe(reference(value).valid);
      }),
      { numRuns: 300 },
    );
  });

  test('do not take what every object inherits for members of the contract', async () => {
    const { isExactMembers: isMembers } = (await load('contracts/exact-members.js')) as Record<'isExactMembers', Guard>;
    const { isExactOptional: isOptional } = (await load('contracts/exact-optional.js')) as Record<'isExactOptional', Guard>;
    expect(isMembers({})).toBe(false);
    expect(isMembers({ constructor: 'a', toString: true })).toBe(true);
    expect(isOptional({})).toBe(true);
    expect(isOptional({ valueOf: 'x' })).toBe(false);
  });
});

/** Values made of the small words that schemas above speak of, so that many are valid and many nearly so. */
function valuesNear(schema: JsonObject): fc.Arbitrary<JsonValue> {
  const keys = [...new Set(JSON.stringify(schema).match(/[a-z]\w*/gi) ?? []), 'a', 'ab', 'abc'];
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthIdentifier: 'value', maxDepth: 4 },
      fc.constantFrom<JsonValue>(null, true, 0, 1, 2, 2.5, -0.5, '', 'a', 'ab', 'abc', 'abcd', '😀😀', 'b'),
      fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'value' }),
      fc
        .dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 3, depthIdentifier: 'value' })
        .map((object) => ({ ...object })),
    ),
  }));
  return value;
}

describe('formats', () => {
  const SEEDS = [
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '12:34:56Z',
    '23:59:60Z',
    '22:59:60-01:00',
    '12:34:56',
    '24:00:00Z',
    '2024-02-29T12:34:56.789+01:30',
    '2024-01-01 00:00:00z',
    'P1DT2H',
    'P',
    'https://a.b/c?d#e',
    'a:',
    'ab://x:y:z',
    'urn:x:y',
    '//a',
    'a@b.cd',
    'b7e6b1f0-5d1c-4c3e-9a57-0d6f2f7a1c11',
    '1.2.3.4',
    '::1',
    '::ffff:1.2.3.4',
    '/a~1b',
    '#/a',
    '1/a',
    '^(a$',
    '^a$',
    'a\\Z',
    'YQ==',
    'YQ=\nYQ==',
    '{x}',
    'example.org',
    '',
    ' ',
  ];

  test('mean what they meant when the schemas were checked', async () => {
    const { formats } = (await load('base/formats.js')) as { formats: Record<string, Checker> };
    const reference = fullFormats.fullFormats as unknown as Record<string, Checker>;
    const mutated = fc
      .tuple(
        fc.constantFrom(...SEEDS),
        fc.nat(40),
        fc.oneof(fc.constantFrom(...Array.from('0159:-+.TzZ/#?@~% "[')), fc.string({ maxLength: 2 })),
      )
      .map(([seed, at, insert]) => seed.slice(0, at) + insert + seed.slice(at + 1));
    const texts = fc.oneof(fc.constantFrom(...SEEDS), mutated, fc.webUrl(), fc.emailAddress());
    const names = Object.keys(reference).filter(
      (name) => !['password', 'binary', 'int32', 'int64', 'float', 'double'].includes(name),
    );
    expect(Object.keys(formats)).toEqual(expect.arrayContaining(names));
    fc.assert(
      fc.property(texts, (text) => {
        for (const name of names)
          expect({ name, text, ok: check(formats[name], text) }).toEqual({ name, text, ok: check(reference[name], text) });
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer()), (number) => {
        for (const name of ['int32', 'int64', 'float', 'double'])
          expect(check(formats[name], number)).toBe(check(reference[name], number));
      }),
    );
  });
});

type Guard = (value: unknown) => boolean;
type Checker = RegExp | ((value: unknown) => boolean) | { validate: (value: unknown) => boolean };

function check(checker: Checker | undefined, value: unknown): boolean {
  if (checker === undefined) throw new Error('no such format');
  if (checker instanceof RegExp) return checker.test(String(value));
  return typeof checker === 'function' ? checker(value) : checker.validate(value);
}
