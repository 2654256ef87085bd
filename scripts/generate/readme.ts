import type { Command } from '@oclif/core/command';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { GeneratedFile } from './generated-file.ts';

const TABLE = /(<!-- commands -->\n)[\s\S]*?(<!-- commandsstop -->)/;

/** The README with its command table renewed; nothing while there is no README or it has no table. */
export async function readmeFile(root: string, commands: readonly Command.Cached[]): Promise<GeneratedFile[]> {
  const path = 'README.md';
  const text = await readFile(join(root, path), 'utf8').catch(() => '');
  if (!TABLE.test(text)) return [];
  const table = ['| command | does |', '|---|---|', ...commands.filter((command) => !command.hidden).map(row)].join('\n');
  return [{ path, content: text.replace(TABLE, (_, start: string, stop: string) => `${start}\n${table}\n\n${stop}`) }];
}

function row(command: Command.Cached): string {
  const args = Object.values(command.args).map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  const call = ['spec-kit', ...command.id.split(':'), ...args].join(' ');
  return `| \`${call}\` | ${(command.summary ?? '').replaceAll('|', String.raw`\|`)} |`;
}
