import type { Command } from '@oclif/core/command';
import { Plugin } from '@oclif/core/config';
import type { PJSON } from '@oclif/core/interfaces';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { GeneratedFile } from './generated-file.ts';

/** What oclif needs to know of every command to parse, find and describe it without loading it. */
export async function manifestFile(root: string): Promise<{ file: GeneratedFile; commands: Command.Cached[] }> {
  const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PJSON;
  const plugin = new Plugin({
    root,
    isRoot: true,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
    pjson: { ...pjson, oclif: { ...pjson.oclif, commands: './src/commands' } },
  });
  await plugin.load();

  const commands = Object.values(plugin.manifest.commands)
    .map(asBuilt)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const manifest = { commands: Object.fromEntries(commands.map((command) => [command.id, command])), version: pjson.version };
  return { file: { path: 'oclif.manifest.json', content: `${JSON.stringify(manifest, null, 2)}\n` }, commands };
}

function asBuilt(command: Command.Cached): Command.Cached {
  const [, ...path] = command.relativePath ?? [];
  return { ...command, relativePath: ['dist', ...path.map((segment) => segment.replace(/\.tsx?$/, '.js'))] };
}
