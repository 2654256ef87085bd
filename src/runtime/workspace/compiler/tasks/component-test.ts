import type { Operation, Payload } from '../api/operation.ts';
import type { ComponentFragment } from '../fragments.ts';
import { importLine } from '../import-line.ts';
import { array, call, type Doc, layout, object } from '../layout.ts';
import { stringLiteral } from '../literal.ts';
import { contractNames } from '../schema/contract-schema.ts';
import { componentNames } from './component-source.ts';

/** Tests of a component: every operation's boundary, and that the documents have what the specification names. */
export function componentTest(
  component: ComponentFragment,
  operations: readonly Operation[],
  documents: readonly string[],
): string {
  const { stub, interfaces } = componentNames(component);
  const test = new ComponentTest();
  const cases = operations.map((operation) => test.case(operation));
  return `import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
${test.imports(component.slug, [stub, interfaces], operations.length > 0)}
const read = (path: string): string => readFileSync(new URL(\`../../../\${path}\`, import.meta.url), 'utf8');
${operations.length === 0 ? '' : `\n${layout('', call('testOperations', [`(handlers) => new ${stub}(handlers)`, array(cases)]), { after: ';' })}\n`}
describe('documents', () => {
  test('list exactly the interfaces of the specification', () => {
${layout('', call(`expect(JSON.parse(read(${stringLiteral(`api/${component.slug}.interfaces.json`)}))).toEqual`, [interfaces]), { after: ';', indent: 4 })}
  });
${documents.map((path) => documentTest(path, interfaces)).join('')}});
`;
}

/** Each document has what the specification names for it, and no more. */
function documentTest(path: string, interfaces: string): string {
  const end = path.slice(path.indexOf('.') + 1);
  return `
  test(${stringLiteral(`${end} has each interface of its kind, and no other`)}, () => {
    const path = ${stringLiteral(path)};
    const named = ${interfaces}.flatMap((item) =>
      'document' in item && item.document === path ? [item.entry] : [],
    );
${FOUND[end] ?? ''}    expect([...new Set(found)].sort()).toEqual([...new Set<string>(named)].sort());
  });
`;
}

/** Code that finds the entries in a document. */
const FOUND: Record<string, string> = {
  'openapi.json': `    const { paths } = JSON.parse(read(path)) as { paths: Record<string, Record<string, { operationId: string }>> };
    const found = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
`,
  'asyncapi.json': `    const { operations } = JSON.parse(read(path)) as { operations: object };
    const found = Object.keys(operations);
`,
  proto: `    const services = read(path).matchAll(/^service (\\w+) \\{$/gm);
    const found = [...services].map(([, name]) => name);
`,
  sql: `    const views = read(path).matchAll(/^CREATE VIEW IF NOT EXISTS (.+) AS$/gm);
    const found = [...views].map(([, name]) => name);
`,
};

/** Local names in a component's test, and what is imported under them. */
class ComponentTest {
  readonly #contracts = new Map<string, string[]>();
  readonly #helpers = new Set<string>();
  readonly #breaks = new Set<string>();
  #fastCheck = false;

  case({ name, input, output }: Operation): Doc {
    return object(
      [
        `name: ${stringLiteral(name)}`,
        `input: ${this.#values(input)}`,
        `output: ${this.#values(output)}`,
        ...this.#broken('brokenInput', input),
        ...this.#broken('brokenOutput', output),
      ],
      { broken: true },
    );
  }

  imports(slug: string, own: readonly string[], operations: boolean): string {
    return [
      ...(this.#fastCheck ? ["import fc from 'fast-check';\n"] : []),
      importLine(own, `../../src/components/${slug}.js`),
      ...(this.#helpers.size > 0 ? [importLine([...this.#helpers], '../base/arbitraries.js')] : []),
      ...(this.#breaks.size > 0 ? [importLine([...this.#breaks], '../base/breaks.js')] : []),
      ...(operations ? [importLine(['testOperations'], '../base/operations.js')] : []),
      ...[...this.#contracts].map(([contract, names]) => importLine(names, `../contracts/${contract}.arbitrary.js`)),
    ].join('');
  }

  #values(payload: Payload): string {
    if (payload.shape === 'object') return this.#help('anyObject()');
    if (payload.shape === 'contract') return this.#contract(payload.contract).arbitrary;
    this.#fastCheck = true;
    if (payload.shape === 'nothing') return 'fc.constant(undefined)';
    return payload.shape === 'list'
      ? `fc.array(${this.#contract(payload.contract).arbitrary}, { maxLength: 3 })`
      : `fc.array(${this.#help('anyObject()')}, { maxLength: 3 })`;
  }

  #broken(key: string, payload: Payload): string[] {
    if (payload.shape === 'nothing') return [];
    if (payload.shape === 'contract') {
      const { arbitrary, breaks } = this.#contract(payload.contract, true);
      this.#breaks.add('brokenAnyhow');
      return [`${key}: brokenAnyhow(${arbitrary}, ${breaks})`];
    }
    this.#breaks.add('otherThan');
    return [`${key}: otherThan(${payload.shape === 'object' ? "'object'" : "'array'"})`];
  }

  #help(helper: string): string {
    this.#helpers.add(helper.replace('()', ''));
    return helper;
  }

  #contract(contract: { name: string; slug: string }, withBreaks = false): { arbitrary: string; breaks: string } {
    const { arbitrary, breaks } = contractNames(contract);
    const names = this.#contracts.get(contract.slug) ?? [arbitrary];
    this.#contracts.set(contract.slug, withBreaks && !names.includes(breaks) ? [...names, breaks] : names);
    return { arbitrary, breaks };
  }
}
