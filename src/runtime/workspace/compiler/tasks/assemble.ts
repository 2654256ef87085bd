import type { JsonObject, JsonValue } from '../../../../base/json.ts';
import { compareText } from '../../../../base/text.ts';
import type { Brief, OutputFile } from '../../agent.ts';
import {
  type AssembleFragment,
  assembleFragment,
  type ControlFragment,
  type ElementFragment,
  FragmentError,
  type LineRange,
} from '../fragments.ts';
import { array, layout } from '../layout.ts';
import { oneLine, stringLiteral } from '../literal.ts';
import { cell } from '../markdown-cell.ts';
import { nameAllocator } from '../names.ts';
import { prettyJson } from '../pretty-json.ts';
import { contractNames } from '../schema/contract-schema.ts';
import { componentNames } from './component-source.ts';
import { integrationNames } from './integration.ts';
import { readme } from './readme.ts';

/** What binds the package together: index, README, traceability from every line of the specification, and the controls register. */
export function compileAssemble(fragment: JsonValue, { needs }: Pick<Brief, 'needs'>): OutputFile[] {
  const specification = assembleFragment(fragment);
  const trace = traceability(specification, needs);
  const exports = exportsOf(specification.elements);
  return [
    { path: 'README.md', content: readme(specification), type: 'analysis' },
    { path: 'TRACEABILITY.md', content: traceabilityPage(specification, trace), type: 'analysis' },
    { path: 'docs/controls.json', content: prettyJson(specification.controls.map(controlEntry)), type: 'analysis' },
    { path: 'docs/controls.md', content: controlsPage(specification.controls), type: 'analysis' },
    { path: 'src/index.ts', content: indexFile(exports), type: 'code' },
    { path: 'test/package.test.ts', content: packageTest(exports), type: 'test' },
    { path: 'traceability.json', content: prettyJson({ ranges: trace }), type: 'analysis' },
  ];
}

interface TraceRange extends JsonObject {
  file: string;
  from: number;
  to: number;
  what: string;
  files: string[];
}

/** Every line once, in order. A specification whose account has gaps or overlaps is refused: the page would lie. */
function traceability({ lines, controls }: AssembleFragment, needs: Brief['needs']): TraceRange[] {
  const inRegister = new Set(controls.map(({ id }) => id));
  const ranges = [...lines].sort((a, b) => compareText(a.file, b.file) || a.from - b.from);
  let last: LineRange | undefined;
  for (const range of ranges) {
    const expected = last?.file === range.file ? last.to + 1 : 1;
    if (range.from !== expected || range.to < range.from)
      throw new FragmentError(`lines ${range.from} to ${range.to} of ${range.file} do not follow line ${expected - 1}`);
    last = range;
  }
  return ranges.map(({ file, from, to, what }) => {
    // A task is called as the element it was made from.
    const files = inRegister.has(what) ? REGISTER : (needs.get(what) ?? []).map(({ path }) => path);
    return { file, from, to, what, files: [...files] };
  });
}

const REGISTER = ['docs/controls.json', 'docs/controls.md'];

function traceabilityPage({ title, elements }: AssembleFragment, trace: readonly TraceRange[]): string {
  const names = new Map(elements.map(({ id, name }) => [id, name]));
  const rows = trace.map(({ file, from, to, what, files }) => {
    const place = `${cell(file)}:${from}${to > from ? `–${to}` : ''}`;
    return `| ${place} | ${cell(names.get(what) ?? what)} | ${files.map((path) => `\`${path}\``).join('<br>') || '–'} |`;
  });
  return `# Traceability of ${cell(title)}

Every line of the specification, what it is, and the files it led to. The same as data: \`traceability.json\`.

| lines | what | files |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function controlEntry({ id, text, section, source }: ControlFragment): JsonObject {
  return { id, section: oneLine(section), text: oneLine(text), source: { ...source }, status: 'not implemented', evidence: null };
}

function controlsPage(controls: readonly ControlFragment[]): string {
  const rows = controls.map(
    ({ id, text, section, source }) =>
      `| ${cell(id)} | ${cell(section)} | ${cell(text)} | ${cell(source.file)}:${source.line} | not implemented |`,
  );
  return `# Controls

Demands of the specification that are about how the system is built, run and guarded. The compiler makes no code for them, so none is
claimed to be met: each needs evidence from the system that runs, or from the people who run it.

${rows.length === 0 ? 'The specification states none.' : `| id | section | control | source | status |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`}
`;
}

interface ExportLine {
  from: string;
  types: [name: string, as: string][];
  values: [name: string, as: string][];
}

/** What the index exports. Two elements that would export the same name get different ones here. */
function exportsOf(elements: readonly ElementFragment[]): ExportLine[] {
  const allocate = nameAllocator(['ContractViolation', 'Fault', 'Json', 'JsonObject', 'NotImplemented']);
  const line = (from: string, types: readonly string[], values: readonly string[]): ExportLine => ({
    from,
    types: types.map((name) => [name, allocate(name)]),
    values: values.map((name) => [name, allocate(name)]),
  });
  return elements.flatMap((element) => {
    const { kind, slug } = element;
    if (kind === 'contract') {
      const { type, assert, is, parse } = contractNames(element);
      return [line(`./contracts/${slug}.js`, [type], [assert, is, parse])];
    }
    if (kind === 'component') {
      const { port, stub, interfaces } = componentNames(element);
      return [line(`./components/${slug}.js`, [port], [stub, interfaces])];
    }
    if (kind !== 'integration') return [];
    const { port, stub } = integrationNames(element);
    return [line(`./integrations/${slug}.js`, [port], [stub])];
  });
}

function indexFile(lines: readonly ExportLine[]): string {
  const alias = ([name, as]: [string, string]): string => (name === as ? name : `${name} as ${as}`);
  const exports = lines.map(({ from, types, values }) =>
    exportLine([...types.map((name) => `type ${alias(name)}`), ...values.map(alias)], from),
  );
  return `export { ContractViolation, type Fault } from './base/contract-violation.js';
export type { Json, JsonObject } from './base/json.js';
export { NotImplemented } from './base/not-implemented.js';
${exports.join('')}`;
}

function exportLine(names: readonly string[], from: string): string {
  const sorted = [...names].sort((a, b) => compareText(a.replace(/^type /, ''), b.replace(/^type /, '')));
  const line = `export { ${sorted.join(', ')} } from ${stringLiteral(from)};`;
  return `${line.length <= 120 ? line : `export {\n${sorted.map((name) => `  ${name},\n`).join('')}} from ${stringLiteral(from)};`}\n`;
}

function packageTest(lines: readonly ExportLine[]): string {
  const names = ['ContractViolation', 'NotImplemented', ...lines.flatMap(({ values }) => values.map(([, as]) => as))].sort(
    compareText,
  );
  return `import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as index from '../src/index.js';

interface Range {
  file: string;
  from: number;
  to: number;
  what: string;
  files: string[];
}

const root = new URL('../../', import.meta.url);
const { ranges } = JSON.parse(readFileSync(new URL('traceability.json', root), 'utf8')) as { ranges: Range[] };

test('the index exports what the specification states, and nothing else', () => {
  expect(Object.keys(index).sort()).toEqual(${layout('', array(names.map(stringLiteral)), { indent: 0 })
    .split('\n')
    .map((text, at) => (at === 0 ? text : `  ${text}`))
    .join('\n')});
});

describe('traceability', () => {
  test('has every line of the specification once', () => {
    const next = new Map<string, number>();
    for (const { file, from, to } of ranges) {
      expect({ file, from }).toEqual({ file, from: next.get(file) ?? 1 });
      expect(to).toBeGreaterThanOrEqual(from);
      next.set(file, to + 1);
    }
    expect(ranges.length).toBeGreaterThan(0);
  });

  test('names only files that are there', () => {
    const missing = ranges.flatMap(({ files }) => files).filter((path) => !existsSync(new URL(encodeURI(path), root)));
    expect(missing).toEqual([]);
  });
});
`;
}
