import type { JsonValue } from '../../../../base/json.ts';
import { compareText } from '../../../../base/text.ts';
import type { Brief, OutputFile } from '../../agent.ts';
import { contractFragment } from '../fragments.ts';
import { importLine } from '../import-line.ts';
import { call, layout } from '../layout.ts';
import { docComment, oneLine, shortened, stringLiteral, withArticle } from '../literal.ts';
import { prettyJson } from '../pretty-json.ts';
import { type ArbitraryCode, arbitraryCode, type Part } from '../schema/arbitrary-code.ts';
import { type BreakCode, breakCode, breakTable } from '../schema/break-code.ts';
import { type ContractSchema, contractNames, contractSchema } from '../schema/contract-schema.ts';
import { typeCode } from '../schema/type-code.ts';
import { validatorCode } from '../schema/validator-code.ts';

type Names = ReturnType<typeof contractNames>;

/** A data contract: its JSON Schema, TypeScript type, validator, arbitrary and property tests. */
export function compileContract(fragment: JsonValue, brief: Pick<Brief, 'needs'>): OutputFile[] {
  const contract = contractFragment(fragment);
  const { slug } = contract;
  const names = contractNames(contract);
  const schema = contractSchema(contract);
  const made = { arbitrary: arbitraryCode(schema, contractsBefore(brief)), breaks: breakCode(schema) };
  return [
    { path: `schemas/${slug}.schema.json`, content: prettyJson(schema.published), type: 'code' },
    { path: `src/contracts/${slug}.ts`, content: sourceFile(schema, slug, names), type: 'code' },
    { path: `src/contracts/${slug}.validator.ts`, content: validatorCode(schema), type: 'code' },
    { path: `test/contracts/${slug}.arbitrary.ts`, content: arbitraryFile(made, slug, names), type: 'test' },
    { path: `test/contracts/${slug}.test.ts`, content: testFile(made.breaks, slug, names), type: 'test' },
  ];
}

/** Contracts that were compiled before this one do not refer back to it: needs have no cycle. */
function contractsBefore({ needs }: Pick<Brief, 'needs'>): Set<string> {
  const slugs = [...needs.values()].flat().map(({ path }) => /^schemas\/([^/]+)\.schema\.json$/.exec(path)?.[1]);
  return new Set(slugs.filter((slug) => slug !== undefined));
}

function sourceFile(schema: ContractSchema, slug: string, names: Names): string {
  const { type, is, parse, assert } = names;
  const { declarations, imports } = typeCode(schema, type);
  const typeImports = [...imports]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, from]) => importLine([`type ${name}`], `./${from}.js`));
  return `import { ContractViolation } from '../base/contract-violation.js';
import { faultsOf } from '../base/validation.js';
${typeImports.join('')}${importLine(['validate'], `./${slug}.validator.js`)}
${declarations}
${docComment([`Whether a value is ${withArticle(type)}.`])}export function ${is}(value: unknown): value is ${type} {
  return validate(value);
}

${docComment([`Throws a ContractViolation that names every fault, unless the value is ${withArticle(type)}.`])}export function ${assert}(value: unknown): asserts value is ${type} {
  if (!validate(value)) throw new ContractViolation(${stringLiteral(type)}, faultsOf(validate));
}

${docComment([`The value as ${withArticle(type)}; throws a ContractViolation if it is none.`])}export function ${parse}(value: unknown): ${type} {
  ${assert}(value);
  return value;
}
`;
}

function arbitraryFile(
  { arbitrary, breaks }: { arbitrary: ArbitraryCode; breaks: BreakCode },
  slug: string,
  names: Names,
): string {
  const helpers = new Set([...arbitrary.helpers, ...breaks.helpers, ...(arbitrary.exact ? [] : ['suchThat'])]);
  const equal = helpers.delete('equal');
  const doc = arbitrary.exact ? arbitrary.doc : call('suchThat', [arbitrary.doc, names.is]);
  const table = breakTable(names.breaks, breaks.rows);
  return `${[
    "import fc from 'fast-check';\n",
    ...(equal ? [importLine(['equal'], '../../src/base/validation.js')] : []),
    importLine([...(arbitrary.exact ? [] : [names.is]), `type ${names.type}`], `../../src/contracts/${slug}.js`),
    ...(helpers.size > 0 ? [importLine([...helpers], '../base/arbitraries.js')] : []),
    importLine(['type Break', ...breaks.breakHelpers], '../base/breaks.js'),
    ...[...arbitrary.imports]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, from]) => importLine([name], `./${from}.arbitrary.js`)),
  ].join('')}
${arbitrary.parts.map(partDeclaration).join('')}${docComment([`Any ${names.type}.`])}${layout(
    `export const ${names.arbitrary}: fc.Arbitrary<${names.type}> = `,
    doc,
    { after: ';' },
  )}

${docComment([`What makes ${withArticle(names.type)} invalid, one thing at a time.`])}${layout(table.before, table.doc, { after: ';' })}
`;
}

function partDeclaration({ name, doc, recursive }: Part): string {
  return `${layout(`const ${name}${recursive ? ': fc.Arbitrary<unknown>' : ''} = `, doc, { after: ';' })}\n\n`;
}

function testFile(breaks: BreakCode, slug: string, names: Names): string {
  const { type, is, parse, assert, arbitrary, breaks: table } = names;
  const hasBreaks = breaks.rows.length > 0;
  return `import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
${importLine([assert, is, parse], `../../src/contracts/${slug}.js`)}${importLine(['anyJson'], '../base/arbitraries.js')}${hasBreaks ? importLine(['broken', 'faultsIn'], '../base/breaks.js') : importLine(['faultsIn'], '../base/breaks.js')}${importLine([arbitrary, ...(hasBreaks ? [table] : [])], `./${slug}.arbitrary.js`)}
describe(${stringLiteral(shortened(oneLine(type), 80))}, () => {
  test('accepts every valid value, and JSON keeps it', () => {
    fc.assert(
      fc.property(${arbitrary}, (value) => {
        expect(${is}(value)).toBe(true);
        expect(${parse}(JSON.parse(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });

  test('guard, assertion and parser agree on any value', () => {
    fc.assert(
      fc.property(anyJson(), (value) => {
        expect(faultsIn(() => ${assert}(value)).length === 0).toBe(${is}(value));
        expect(faultsIn(() => ${parse}(value)).length === 0).toBe(${is}(value));
      }),
    );
  });
${
  hasBreaks
    ? `
  test.each(${table})('refuses $keyword broken at "$path"', (how) => {
    const fault: unknown = expect.objectContaining({ path: how.path, keyword: how.keyword });
    fc.assert(
      fc.property(broken(${arbitrary}, how), (value) => {
        expect(${is}(value)).toBe(false);
${layout('', call(`expect(faultsIn(() => ${parse}(value))).toContainEqual`, ['fault']), { after: ';', indent: 8 })}
      }),
      { numRuns: 10 },
    );
  });
`
    : ''
}});
`;
}
