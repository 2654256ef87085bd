import type { AssembleFragment, ElementFragment } from '../fragments.ts';
import { oneLine } from '../literal.ts';
import { cell } from '../markdown-cell.ts';
import { contractNames } from '../schema/contract-schema.ts';
import { componentNames } from './component-source.ts';
import { integrationNames } from './integration.ts';

/** README of the package: what is in it, how it is used, what it does not do. */
export function readme({ name, title, elements, controls }: AssembleFragment): string {
  const of = (kind: string): ElementFragment[] => elements.filter((element) => element.kind === kind);
  const contracts = of('contract');
  const parts = [
    `# ${cell(title)}`,
    `Data contracts, ports and API documents, compiled from the specification${contracts.length > 0 ? ' and tested by properties' : ''}. No run-time dependencies.`,
    '```sh\nnpm install\nnpm test\n```',
    ...(contracts.length > 0 ? [usage(name, contracts[0]), contractTable(contracts)] : []),
    ...portTable(
      'Components',
      'components',
      of('component').map((item) => ({ item, ...componentNames(item) })),
    ),
    ...portTable(
      'Integrations',
      'integrations',
      of('integration').map((item) => ({ item, ...integrationNames(item) })),
    ),
    LAYOUT,
    `## What is not here\n\nThe stubs check contracts and call handlers; what the handlers do is yours. ${controlsNote(controls.length)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function usage(name: string, contract: ElementFragment | undefined): string {
  if (!contract) return '';
  const { type, is, parse } = contractNames(contract);
  return `\`\`\`ts
import { ${is}, ${parse}, type ${type} } from '${name}';

const value: ${type} = ${parse}(JSON.parse(text)); // throws ContractViolation with every fault and its path
if (${is}(other)) use(other);
\`\`\``;
}

function contractTable(contracts: readonly ElementFragment[]): string {
  const rows = contracts.map((item) => {
    const { type, is, parse, assert } = contractNames(item);
    return `| ${cell(type)} | \`${is}\`, \`${parse}\`, \`${assert}\` | [schema](schemas/${encodeURIComponent(item.slug)}.schema.json) | ${place(item)} |`;
  });
  return `## Contracts\n\n| type | functions | JSON Schema | from |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function portTable(
  heading: string,
  folder: string,
  ports: readonly { item: ElementFragment; port: string; stub: string }[],
): string[] {
  if (ports.length === 0) return [];
  const rows = ports.map(({ item, port, stub }) => {
    return `| ${cell(item.name)} | [\`${port}\`, \`${stub}\`](src/${folder}/${encodeURIComponent(item.slug)}.ts) | ${place(item)} |`;
  });
  return [`## ${heading}\n\n| name | port and stub | from |\n| --- | --- | --- |\n${rows.join('\n')}`];
}

function place({ source }: ElementFragment): string {
  return `${cell(oneLine(source.file))}:${source.line}`;
}

const LAYOUT = `## Where things are

| path | what |
| --- | --- |
| \`schemas/\` | JSON Schema 2020-12 of each contract |
| \`src/contracts/\` | type, guard and parser of each contract; \`*.validator.ts\` is made by Ajv and needs no library |
| \`src/components/\`, \`src/integrations/\` | a typed port and a stub each |
| \`api/\` | OpenAPI 3.1, AsyncAPI 3.0, proto3 and SQL of the components' interfaces |
| \`test/\` | property tests; \`npm test -- --seed=42\` repeats a run |
| \`TRACEABILITY.md\` | every line of the specification and the files it led to |
| \`docs/controls.md\` | what the specification demands of building and running, and no code here proves |`;

function controlsNote(count: number): string {
  if (count === 0) return 'The specification states no controls.';
  return `${count === 1 ? 'One control' : `${count} controls`} of the specification need evidence from elsewhere: see \`docs/controls.md\`.`;
}
