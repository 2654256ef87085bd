import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { ACCOUNTED, accountOf, bundleOf } from './bundle-of.ts';
import { checkLaws } from './laws.ts';
import { mutationsOf } from './mutate.ts';
import { cpuTime } from './cpu-time.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SEEDS = [
  readFileSync(join(import.meta.dirname, 'fixtures', 'library.md'), 'utf8'),
  readFileSync(join(ROOT, 'examples', 'agentnexus', 'spec.md'), 'utf8'),
];
/** Generous for a busy machine; what hangs takes minutes. */
const TIME_LIMIT = 2000;

describe('whatever the text', () => {
  it('a mutated specification keeps every law', async () => {
    await fc.assert(
      fc.asyncProperty(mutationsOf(SEEDS), async (text) => void (await checkLaws({ 'spec.md': text }, 'native'))),
      { numRuns: 2000 },
    );
  });

  it('a mutated schema document keeps every law', async () => {
    const schema = fc.oneof(
      fc.json(),
      fc
        .jsonValue()
        .map((properties) => JSON.stringify({ $schema: 'x', title: 'T', type: 'object', properties, $ref: '../x.json' })),
    );
    await fc.assert(
      fc.asyncProperty(schema, async (text) => void (await checkLaws({ 'order.schema.json': text }, 'native'))),
      { numRuns: 300 },
    );
  });

  it('a mutated OpenAPI document keeps every law', async () => {
    const part = fc.jsonValue({ maxDepth: 4 });
    const document = fc.record({ info: part, paths: part, components: fc.record({ schemas: part }) });
    await fc.assert(
      fc.asyncProperty(
        document,
        async (parts) => void (await checkLaws({ 'api.json': JSON.stringify({ openapi: '3.0.1', ...parts }) }, 'native')),
      ),
      { numRuns: 300 },
    );
  });
});

const SIZE = 2 ** 19;
const contract = (notation: string): string => `# A\n\n## B\n- Contract: A\n  - Schema: \`${notation}\`\n`;
const interfaces = (text: string): string => `# A\n\n## B\n- Component: A\n  - Interfaces: ${text}\n`;

describe('however long or deep', () => {
  it.each<[string, string]>([
    ['a line of bullets', '- '.repeat(SIZE)],
    ['a line of bullets and a word', `${'- '.repeat(SIZE)}x`],
    ['a line of numbers', '1. '.repeat(SIZE)],
    ['a line of backticks', `- Schema: ${'`'.repeat(SIZE)}`],
    ['a line of brackets', `- ${'['.repeat(SIZE)}`],
    ['a line of checkboxes', '- [ ] '.repeat(SIZE / 4)],
    ['a line of stars around a label', `- **${'*'.repeat(SIZE)}Component**: A`],
    ['a line of colons', `- ${':'.repeat(SIZE)}`],
    ['a line of blanks', `- a${' '.repeat(SIZE)}b`],
    ['a title of parentheses', `# ${'a ( '.repeat(SIZE / 4)}`],
    ['a title of blanks', `---\ntitle: "a${' '.repeat(SIZE)}b"\n---\n- x\n`],
    ['a name of half a megabyte', `- Component: ${'a'.repeat(SIZE)}`],
    ['lists in lists', Array.from({ length: 10_000 }, (_, depth) => `${' '.repeat(depth)}- a`).join('\n')],
    ['lists in lists, properly indented', Array.from({ length: 2000 }, (_, depth) => `${'  '.repeat(depth)}- [ ] a`).join('\n')],
    ['quotes in quotes', '>'.repeat(SIZE)],
    ['lazy quotes', `> a\n${'b\n'.repeat(SIZE / 8)}`],
    ['objects in objects', contract('{ a: '.repeat(SIZE / 8))],
    ['arrays of arrays', contract(`string${'[]'.repeat(SIZE / 2)}`)],
    ['types in types', contract('array<'.repeat(SIZE / 8))],
    ['parentheses', contract('('.repeat(SIZE))],
    ['a union of many', contract(`'a' | ${"'b' | ".repeat(SIZE / 8)}'c'`)],
    ['comments that never end', contract(`{ ${'/* '.repeat(SIZE / 4)}`)],
    ['names with dashes', contract(`{ ${'a-'.repeat(SIZE / 4)}: string }`)],
    ['many fields', contract(`{ ${Array.from({ length: 20_000 }, (_, index) => `f${index}: string`).join(', ')} }`)],
    ['many interfaces', interfaces('REST `GET /a`, '.repeat(20_000))],
    ['many open parentheses', interfaces('(a, '.repeat(SIZE / 16))],
    ['many lines of interfaces', interfaces('`a`,\n    '.repeat(20_000))],
    ['a long address', interfaces(`\`POST ${' '.repeat(SIZE)}/x\``)],
    ['many fences', '```\n'.repeat(SIZE / 8)],
    ['an anchor that contains itself', `---\n${'a: &a [*a]\n'.repeat(500)}---\n- x\n`],
    ['deep front matter', `---\na: ${'['.repeat(20_000)}\n---\n- x\n`],
    [
      'a ring of contracts',
      `# A\n${Array.from({ length: 3000 }, (_, index) => `- Contract: C${index}\n  - Schema: \`{ n: C${(index + 1) % 3000} }\``).join('\n')}`,
    ],
    [
      'many unknown names',
      `# A\n${Array.from({ length: 3000 }, (_, index) => `- Contract: Name${index}\n  - Schema: \`{ n: Nmae${index} }\`\n  - Producers: Nobody${index}`).join('\n')}`,
    ],
  ])('%s', async (_, text) => {
    const started = cpuTime();
    const spec = await interpret(bundleOf(text));
    buildGraph(spec);
    expect(cpuTime() - started).toBeLessThan(2 * TIME_LIMIT);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('thirty thousand elements', async () => {
    const lines = Array.from(
      { length: 15_000 },
      (_, index) => `- Component: C${index}\n- Contract: K${index}\n  - Schema: \`{ id: UUID }\`\n  - Producers: C${index}`,
    );
    const spec = await interpret(bundleOf(`# Big\n\n## All\n${lines.join('\n')}\n`));
    expect(buildGraph(spec).tasks).toHaveLength(60_004);
  });
});
