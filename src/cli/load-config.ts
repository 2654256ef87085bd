import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from '@oclif/core/command';
import { Config } from '@oclif/core/config';
import type { Logger, Manifest, PJSON, Plugin } from '@oclif/core/interfaces';

import type { BaseCommand } from './base-command.ts';

/**
 * oclif's configuration with our commands as its only plugin. oclif's own loader searches the disk for plugins and TypeScript,
 * and cannot tell `src/` from `dist/`; we know both, so the manifest and one `import()` are all that a command costs.
 */
export async function loadConfig(root: string): Promise<Config> {
  const pjson = readJson(join(root, 'package.json')) as PJSON;
  const manifest = readJson(join(root, 'oclif.manifest.json')) as Manifest;
  const plugin = commandsOf({ root, pjson, manifest });
  const config = new PlainConfig({ root, plugins: new Map([[plugin.name, plugin]]), logger: QUIET });
  await config.load();
  return config;
}

/** What runs a command of ours: it is read once, and without the colours that people may give oclif's help. */
class PlainConfig extends Config {
  override async loadTheme(): Promise<undefined> {}

  /** oclif's own reads the whole configuration anew for the command. */
  override async runCommand<Result>(id: string, argv: string[] = []): Promise<Result> {
    const command: unknown = await this.findCommand(id, { must: true }).load();
    return new (command as CommandClass)(argv, this).start<Result>();
  }
}

/** oclif's own type is abstract. */
type CommandClass = new (argv: string[], config: Config) => BaseCommand;

const nothing = (): void => undefined;

/** What oclif tells of itself goes nowhere, and the package that would print it is not loaded. */
const QUIET: Logger = {
  child: () => QUIET,
  debug: nothing,
  error: nothing,
  info: nothing,
  trace: nothing,
  warn: nothing,
  namespace: '',
};

function commandsOf({ root, pjson, manifest }: { root: string; pjson: PJSON; manifest: Manifest }): Plugin {
  const commands = Object.values(manifest.commands).map((cached) => ({ ...cached, load: async () => loadCommand(cached) }));
  const findCommand = async (id: string): Promise<Command.Class> => loadCommand(manifest.commands[id] ?? unknownCommand(id));
  return {
    _base: 'agentnexus',
    alias: pjson.name,
    name: pjson.name,
    version: pjson.version,
    root,
    pjson,
    commands,
    commandIDs: Object.keys(manifest.commands),
    commandsDir: undefined,
    findCommand,
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: 'module',
    options: { root },
    topics: Object.entries(pjson.oclif.topics ?? {}).map(([name, topic]) => ({ ...topic, name })),
    type: 'core',
    valid: true,
  };
}

/** `relativePath` names the built file (`dist/commands/qa/run.js`); this module lies in `cli/` of whichever tree is running. */
async function loadCommand({ id, relativePath = [] }: Command.Cached): Promise<Command.Class> {
  const path = relativePath
    .slice(1)
    .join('/')
    .replace(/\.js$/, import.meta.url.slice(import.meta.url.lastIndexOf('.')));
  const module = (await import(new URL(`../${path}`, import.meta.url).href)) as { default: Command.Class };
  module.default.id = id;
  return module.default;
}

function unknownCommand(id: string): never {
  throw new Error(`no command ${id} in oclif.manifest.json`);
}

/** At once: to wait for a small file costs more than to read it. */
function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
