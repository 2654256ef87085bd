import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import { sha256 } from '../../../base/digest.ts';
import { createDurably } from '../../../base/durable-file.ts';
import { NexusError } from '../../../base/errors.ts';
import { timestamp } from '../../../base/clock.ts';
import { type Log, openLog } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { missionProjection } from '../../mission/projection.ts';
import { checkEntry, checkScope, entryId, type NewEntry, type Trust } from '../../workspace/memory/entry.ts';
import { entryPath, writeEntryFile } from '../../workspace/memory/entry-file.ts';
import { type Memory, memoryFolder, type MemoryHit, openMemory } from '../../workspace/memory/memory.ts';
import { reconcile, remember } from '../../workspace/memory/remember.ts';
import { openKeys } from '../ledger/keys.ts';
import { openEmbedder } from './memory-embedder.ts';
import type { CallContext, Handler } from '../operations.ts';
import type { MemoryAddedView, MemoryItem, MemoryListView } from './memory-views.ts';
import { findWorkspace, openWorkspace, shareMemory, type Workspace, workspaceDir } from '../workspace.ts';

const DEFAULT_SCOPE = 'workspace';
const DEFAULT_LIMIT = 10;

export const searchMemory: Handler<'memory.search'> = ({ query, scopes, limit = DEFAULT_LIMIT }, context) =>
  withMemory(context, async (memory) => {
    const { hits, degraded } = await memory.search(query, { scopes: chosen(memory, scopes), limit });
    return listView(memory, { hits, query, degraded: degraded ?? null });
  });

export const listMemory: Handler<'memory.list'> = async ({ scopes, limit = 100 }, context) =>
  withMemory(context, (memory) => {
    const hits = memory.list({ scopes: chosen(memory, scopes), limit });
    return listView(memory, { hits, query: null, degraded: null });
  });

/** Who says it vouches for it, unless told otherwise. Where another process writes to the workspace, the file is left for it to find. */
export const addMemory: Handler<'memory.add'> = async (
  { text, scope = DEFAULT_SCOPE, kind = 'note', untrusted = false },
  context,
) => {
  const entry = checkEntry({ scope, kind, text, provenance: { person: userInfo().username } });
  const workspace = openWorkspace(context);
  shareMemory(workspace);
  const trust: Trust = untrusted ? 'untrusted' : 'trusted';
  try {
    return await asWriter(workspace, async (memory, log) => {
      const added = await remember(entry, { memory, log, clock: systemClock }, { trust });
      return addedView(added, { recorded: true });
    });
  } catch (error) {
    if (!(error instanceof NexusError) || error.code !== 'WORKSPACE_LOCKED') throw error;
    return addedView(leaveFile(entry, workspace, trust), { recorded: false });
  }
};

export const rebuildMemory: Handler<'memory.rebuild'> = async ({ trust = false }, context) => {
  const workspace = existsSync(memoryFolder(workspaceDir(context))) ? openWorkspace(context) : findWorkspace(context);
  return asWriter(
    workspace,
    async (memory, log) => {
      const told = await reconcile({ memory, log }, trust ? { vouchedBy: userInfo().username } : {});
      return { kind: 'MemoryRebuild', ...told, scopes: memory.scopes(), faults: memory.faults() };
    },
    { rebuild: true },
  );
};

/** All that have entries, where none is named. */
function chosen(memory: Memory, scopes: readonly string[] | undefined): string[] {
  if (scopes === undefined || scopes.length === 0) return memory.scopes().map(({ name }) => name);
  return scopes.map(checkScope);
}

/** A repository may have been cloned with its memory: then there is no log yet, and nothing to vouch for it. */
async function withMemory<T>(context: CallContext, use: (memory: Memory) => T | Promise<T>): Promise<T> {
  const dir = workspaceDir(context);
  const workspace = existsSync(memoryFolder(dir)) ? { dir } : findWorkspace(context);
  const log = existsSync(join(workspace.dir, 'log.db')) ? openLog(workspace.dir, { mode: 'read' }) : undefined;
  try {
    return await using(workspace.dir, log === undefined ? {} : { log }, use);
  } finally {
    log?.close();
  }
}

async function asWriter<T>(
  workspace: Workspace,
  use: (memory: Memory, log: Log) => Promise<T>,
  { rebuild = false }: { rebuild?: boolean } = {},
): Promise<T> {
  const log = openLog(workspace.dir, {
    mode: 'write',
    clock: systemClock,
    signer: openKeys(workspace).log(),
    projections: [missionProjection],
  });
  try {
    return await using(workspace.dir, { log, rebuild }, async (memory) => use(memory, log));
  } finally {
    log.close();
  }
}

async function using<T>(
  dir: string,
  options: { log?: LogReader; rebuild?: boolean },
  use: (memory: Memory) => T | Promise<T>,
): Promise<T> {
  const memory = await openMemory(dir, { clock: systemClock, embedder: await openEmbedder(), ...options });
  try {
    return await use(memory);
  } finally {
    memory.close();
  }
}

function leaveFile(entry: NewEntry, workspace: Workspace, trust: Trust): Parameters<typeof addedView>[0] {
  const added = { ...entry, id: entryId(entry), sha256: sha256(entry.text), at: timestamp(systemClock), trust };
  const path = entryPath(entry);
  createDurably(join(memoryFolder(workspace.dir), path), writeEntryFile(added));
  // Nobody vouches for it until the log says so.
  return { ...added, path, trust: 'untrusted' };
}

function addedView(added: Omit<MemoryHit, 'score'>, { recorded }: { recorded: boolean }): MemoryAddedView {
  return { kind: 'MemoryAdded', entry: itemOf({ ...added, score: 0 }), recorded };
}

function listView(
  memory: Memory,
  { hits, query, degraded }: { hits: readonly MemoryHit[]; query: string | null; degraded: string | null },
): MemoryListView {
  return { kind: 'MemoryList', query, items: hits.map(itemOf), scopes: memory.scopes(), faults: memory.faults(), degraded };
}

function itemOf({ id, scope, kind, trust, text, at, path, agent, provenance, score, sha256: digest }: MemoryHit): MemoryItem {
  const { person, mission, task, attempt } = provenance;
  return {
    id,
    scope,
    kind,
    trust,
    text,
    sha256: digest,
    at,
    path,
    agent: agent ?? null,
    person: person ?? null,
    mission: mission ?? null,
    task: task ?? null,
    attempt: attempt ?? null,
    score,
  };
}
