import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import type { Server } from '../../../base/generated/server.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import { checkServerConfig } from './server-config-check.ts';

/** `agentnexus.yaml`, and the folder that its paths are relative to. */
export interface ServerConfig extends Server {
  folder: string;
}

/** Reads the configuration of a server; an empty one where it is not named and `standard` is not there. Throws `CONFIG_INVALID`. */
export function readServerConfig(named: string | undefined, standard: string): ServerConfig {
  const file = named === undefined ? standard : resolve(named);
  if (named === undefined && !existsSync(file)) return { folder: dirname(file) };
  const parsed = parseYaml(textOf(file));
  if ('fault' in parsed) throw invalid(file, `it is no YAML: ${parsed.fault} (line ${parsed.line})`);
  const value = parsed.value ?? {};
  const checked = checkServerConfig(value);
  if (!checked.valid) {
    const [first] = checked.errors;
    throw invalid(file, `\`${first?.path.slice(1).replaceAll('/', '.') ?? ''}\` ${first?.message ?? 'is wrong'}`);
  }
  const config: ServerConfig = { ...(value as Server), folder: dirname(file) };
  const twice = config.issuers?.find(({ issuer }, at) => config.issuers?.findIndex((each) => each.issuer === issuer) !== at);
  if (twice !== undefined) throw invalid(file, `the issuer ${twice.issuer} stands there twice`);
  return config;
}

/** A file that the configuration names. Throws `CONFIG_INVALID`. */
export function readNamed({ folder }: ServerConfig, path: string): Buffer {
  const file = resolve(folder, path);
  try {
    return readFileSync(file);
  } catch (error) {
    throw new NexusError('CONFIG_INVALID', `${file} cannot be read.`, {
      hint: 'The configuration of the server names it; paths are relative to its folder.',
      details: { file },
      cause: error,
    });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new NexusError('CONFIG_INVALID', `The configuration ${file} cannot be read.`, { details: { file }, cause: error });
  }
}

function invalid(file: string, what: string): NexusError {
  return new NexusError('CONFIG_INVALID', `The configuration of the server is wrong: ${what}.`, {
    hint: 'schemas/server.schema.json and docs/access.md say what can be set.',
    details: { file },
  });
}
