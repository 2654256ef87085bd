import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NexusError } from '../../src/base/errors.ts';
import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import type { LineRun, Specification } from '../../src/spec/model.ts';
import { renderGraph } from '../../src/spec/render-graph.ts';
import { ACCOUNTED, accountOf, bundleOf } from './bundle-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SEEDS = [
  readFileSync(join(import.meta.dirname, 'fixtures', 'library.md'), 'utf8'),
  readFileSync(join(ROOT, 'examples', 'agentnexus', 'spec.md'), 'utf8'),
];
/** Generous for a busy machine; what hangs takes minutes. */
const TIME_LIMIT = 2000;

/** Pieces that mean something somewhere. */
const TOKENS = [
  '- ',
  '  - ',
  '    ',
  '\t',
  '\n',
  '\n\n',
  '\r\n',
  '`',
  '```',
  '```json\n',
  '~~~',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '|',
  '?',
  ':',
  '：',
  ',',
  '，',
  ';',
  '&',
  "'",
  '"',
  '[ ] ',
  '[x] ',
  '[-] ',
  '[ ]* ',
  '# ',
  '## ',
  '---\n',
  '***',
  '**',
  '__',
  '> ',
  '1. ',
  '| a | b |\n',
  '<!--',
  '-->',
  '\\',
  '$ref',
  '__proto__',
  'constructor',
  'Component: ',
  'Contract: ',
  'Integration: ',
  'Schema: ',
  'Interfaces: ',
  'Producers: ',
  'Consumers: ',
  'Responsibilities: ',
  'string',
  'UUID',
  'Order',
  'array<',
  'map<string, ',
  'null',
  '\u{FEFF}',
  '\u{202E}',
  '\u{0000}',
  '\u{D800}',
  '😀',
  '状态',
  '../..',
  'POST /',
  'wss://',
  '&a ',
  '*a',
  '!!js ',
  ' for ',
  ' and ',
];

type Edit =
  | { kind: 'insert'; at: number; token: string }
  | { kind: 'delete'; at: number; length: number }
  | { kind: 'repeat'; at: number; length: number; times: number }
  | { kind: 'move'; at: number; length: number; to: number };

const position = fc.double({ min: 0, max: 1, noNaN: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: position, token: fc.oneof(fc.constantFrom(...TOKENS), fc.string()) }),
  fc.record({ kind: fc.constant('delete' as const), at: position, length: fc.nat(80) }),
  fc.record({ kind: fc.constant('repeat' as const), at: position, length: fc.nat(60), times: fc.integer({ min: 2, max: 40 }) }),
  fc.record({ kind: fc.constant('move' as const), at: position, length: fc.nat(200), to: position }),
);
const mutated = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(edit, { minLength: 1, maxLength: 12 }))
  .map(([seed, edits]) => edits.reduce(applied, seed));

function applied(text: string, change: Edit): string {
  const at = Math.floor(change.at * text.length);
  if (change.kind === 'insert') return text.slice(0, at) + change.token + text.slice(at);
  const piece = text.slice(at, at + change.length);
  const rest = text.slice(0, at) + text.slice(at + change.length);
  if (change.kind === 'delete') return rest;
  if (change.kind === 'repeat') return text.slice(0, at) + piece.repeat(change.times) + text.slice(at + change.length);
  const to = Math.floor(change.to * rest.length);
  return rest.slice(0, to) + piece + rest.slice(to);
}

/** Everything that must hold for any text whatever. */
function checkLaws(text: string, path = 'spec.md'): void {
  const started = performance.now();
  const spec = interpretOrRefuse(text, path);
  if (spec === undefined) return;
  const graph = buildGraph(spec);
  renderGraph(graph, 'mermaid');
  expect(performance.now() - started).toBeLessThan(TIME_LIMIT);
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  expect(new Set(spec.elements.map((element) => element.id)).size).toBe(spec.elements.length);
  checkPlaces(spec);
  const seen = new Set<string>();
  const late = graph.tasks.flatMap(({ id, needs }) => {
    const missing = needs.filter((need) => !seen.has(need.task));
    seen.add(id);
    return missing;
  });
  expect(late).toEqual([]);
  expect(seen.size).toBe(graph.tasks.length);
}

/** Every line that was not understood is inside of, or named by, a diagnostic's message or place. */
function checkPlaces(spec: Specification): void {
  const last = Math.max(1, spec.coverage.sourceLines);
  const odd = spec.diagnostics.filter(
    ({ line, column, hint, message }) => line < 1 || line > last || column < 1 || hint === '' || message === '',
  );
  expect(odd).toEqual([]);
  const places = new Set(spec.diagnostics.map((each) => each.line));
  const unnamed = spec.lines.filter((run) => run.class === 'not-understood' && !linesOf(run).some((line) => places.has(line)));
  expect(unnamed).toEqual([]);
}

function linesOf({ line, endLine }: LineRun): number[] {
  return Array.from({ length: endLine - line + 1 }, (_, index) => line + index);
}

function interpretOrRefuse(text: string, path: string): Specification | undefined {
  try {
    return interpret(bundleOf({ [path]: text }));
  } catch (error) {
    if (error instanceof NexusError && error.code === 'BUNDLE_ESCAPE') return undefined;
    throw error;
  }
}

describe('whatever the text', { timeout: 300000 }, () => {
  it('a mutated specification keeps every law', () => {
    fc.assert(
      fc.property(mutated, (text) => checkLaws(text)),
      { numRuns: 10000 },
    );
  });

  it('a mutated schema document keeps every law', () => {
    const schema = fc.oneof(
      fc.json(),
      fc
        .jsonValue()
        .map((properties) => JSON.stringify({ $schema: 'x', title: 'T', type: 'object', properties, $ref: '../x.json' })),
    );
    fc.assert(
      fc.property(schema, (text) => checkLaws(text, 'order.schema.json')),
      { numRuns: 10 },
    );
  });

  it('a mutated OpenAPI document keeps every law', () => {
    const part = fc.jsonValue({ maxDepth: 4 });
    const document = fc.record({ info: part, paths: part, components: fc.record({ schemas: part }) });
    fc.assert(
      fc.property(document, (parts) => checkLaws(JSON.stringify({ openapi: '3.0.1', ...parts }), 'api.json')),
      { numRuns: 10 },
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
  ])('%s', (_, text) => {
    const started = performance.now();
    const spec = interpret(bundleOf(text));
    buildGraph(spec);
    expect(performance.now() - started).toBeLessThan(2 * TIME_LIMIT);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('thirty thousand elements', () => {
    const lines = Array.from(
      { length: 15_000 },
      (_, index) => `- Component: C${index}\n- Contract: K${index}\n  - Schema: \`{ id: UUID }\`\n  - Producers: C${index}`,
    );
    const spec = interpret(bundleOf(`# Big\n\n## All\n${lines.join('\n')}\n`));
    expect(buildGraph(spec).tasks).toHaveLength(60_004);
  });
});
