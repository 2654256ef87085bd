import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { systemClock, timestamp } from '../../base/clock.ts';
import { asWorkspaceError, createDurably, writeDurably } from '../../base/durable-file.ts';
import { NexusError } from '../../base/errors.ts';
import { systemIds } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import { readConfig } from './config.ts';
import type { CallContext } from './operations.ts';

const NAME = '.agentnexus';

/** Version of the folder's layout; a newer one is refused. */
const FORMAT = 1;

/** Paths of a workspace. The folder holds everything but private keys, and nothing in it belongs in a repository. */
export interface Workspace {
  /** `.agentnexus`, absolute. */
  dir: string;
  /** UUID, made once. */
  id: string;
  /** Public keys, copied here so that the folder can be verified elsewhere. */
  keys: string;
  scratch: string;
  /** Where a specification's product is written. */
  build(specification: string): string;
}

/** Where the workspace is or would be: `--workspace`, `AGENTNEXUS_HOME`, else beside the repository root of the bundle or of the working folder. */
export function workspaceDir(context: CallContext, bundle?: string): string {
  const named = context.workspace ?? readConfig().workspace;
  if (named !== undefined) return resolve(context.cwd, named);
  const from = bundle === undefined ? undefined : repositoryRoot(resolve(context.cwd, bundle));
  return join(from ?? repositoryRoot(context.cwd) ?? context.cwd, NAME);
}

/** The nearest folder at or above `start` that has a workspace or is a repository's root. */
function repositoryRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, NAME, 'workspace.json')) || existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Opens the workspace folder; throws `WORKSPACE_NOT_FOUND` if there is none. */
export function findWorkspace(context: CallContext, bundle?: string): Workspace {
  const dir = workspaceDir(context, bundle);
  if (!existsSync(join(dir, 'workspace.json'))) {
    throw new NexusError('WORKSPACE_NOT_FOUND', `There is no workspace at ${dir}.`, {
      hint: 'Run `spec-kit apply BUNDLE` to make one, or name another with --workspace DIR.',
      details: { workspace: dir },
    });
  }
  return readWorkspace(dir);
}

/** Opens the workspace folder, making it if it is not there. */
export function openWorkspace(context: CallContext, bundle?: string): Workspace {
  const dir = workspaceDir(context, bundle);
  if (!existsSync(join(dir, 'workspace.json'))) create(dir);
  return readWorkspace(dir);
}

const IGNORED_ALL = '# Everything here is made by AgentNexus and belongs to this machine.\n*\n';
const IGNORED = '# All but the memory is made by AgentNexus and belongs to this machine.\n/*\n!/memory/\n';

/** Lets git see the memory of a workspace that was made before there was one. What a person has written there stays. */
export function shareMemory({ dir }: Pick<Workspace, 'dir'>): void {
  const path = join(dir, '.gitignore');
  if (existsSync(path) && readFileSync(path, 'utf8') === IGNORED_ALL) writeDurably(path, IGNORED);
}

function create(dir: string): void {
  try {
    if (existsSync(dir) && !statSync(dir).isDirectory()) {
      throw new NexusError('WORKSPACE_UNWRITABLE', `${dir} is not a folder.`, { hint: 'Choose another with --workspace DIR.' });
    }
    mkdirSync(dir, { recursive: true });
    writeDurably(join(dir, '.gitignore'), IGNORED);
    const workspace = { format: FORMAT, id: systemIds(systemClock).uuid(), createdAt: timestamp(systemClock) };
    // Processes that start at once end up with one workspace: its id names the key that signs its log.
    createDurably(join(dir, 'workspace.json'), `${JSON.stringify(workspace, null, 2)}\n`);
  } catch (error) {
    throw asWorkspaceError(error, dir);
  }
}

function readWorkspace(dir: string): Workspace {
  const { format, id } = parseWorkspace(join(dir, 'workspace.json'));
  if (format > FORMAT) {
    throw new NexusError('WORKSPACE_NEWER', `The workspace at ${dir} has format ${format}; this version knows ${FORMAT}.`, {
      hint: 'Update agentnexus, or use another workspace with --workspace DIR.',
      details: { workspace: dir, format, supported: FORMAT },
    });
  }
  return {
    dir,
    id,
    keys: join(dir, 'keys'),
    scratch: join(dir, 'tmp'),
    build: (specification) => join(dir, 'build', specification),
  };
}

function parseWorkspace(path: string): { format: number; id: string } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw corrupt(path, error);
  }
  if (!isJsonObject(value) || typeof value['format'] !== 'number' || typeof value['id'] !== 'string') throw corrupt(path);
  return { format: value['format'], id: value['id'] };
}

function corrupt(path: string, cause?: unknown): NexusError {
  return new NexusError('WORKSPACE_CORRUPT', `${path} cannot be read.`, {
    hint: 'Restore the file from a backup, or use another workspace with --workspace DIR. Nothing was changed.',
    details: { path },
    cause,
  });
}
