import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a native bundle that makes about `tasks` tasks: four contracts to a component, and each of them verified. */
export function writeBundle(dir: string, tasks: number): void {
  const components = Math.max(1, Math.round((tasks - 4) / 10));
  const contracts = Math.max(1, Math.floor((tasks - 4) / 2) - components);
  const lines = ['# Generated', '', '## Components', ''];
  for (let index = 0; index < components; index++) {
    lines.push(`- Component: Service ${index}`, `  - Responsibilities: Keeps record ${index} and tells others.`);
    lines.push(`  - Interfaces: REST \`POST /records-${index}\`, topic \`records.${index}\`.`);
  }
  lines.push('', '## Contracts', '');
  for (let index = 0; index < contracts; index++) {
    lines.push(
      `- Contract: Record ${index}`,
      `  - Schema: \`{ id: UUID, label: string, state: 'open' | 'closed', amount${index}: number, at: timestamp }\``,
      `  - Producers: Service ${index % components}.`,
      `  - Consumers: Service ${(index + 1) % components}.`,
    );
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'spec.md'), `${lines.join('\n')}\n`);
}
