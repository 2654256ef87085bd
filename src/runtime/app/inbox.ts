import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { writeDurably } from '../../base/durable-file.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { WordKind } from '../mission/records.ts';
import type { Priority } from '../../spec/model.ts';
import type { ApplyInput } from './operations.ts';
import type { Workspace } from './workspace.ts';

/**
 * What one process asks of the one that writes: a file in the workspace's `inbox`, so that it is there until it is answered, whoever lives or
 * dies meanwhile. The answer is an entry of the log that carries the request's id; so a request counts once, however often it is read.
 */
export type AskedFor = { id: string; by: string } & (
  | { kind: WordKind; mission: string; task?: string; note?: string; priority?: Priority }
  | { kind: 'resume'; mission: string }
  | { kind: 'apply'; input: ApplyInput; cwd: string; workspace: string }
);

const KINDS: ReadonlySet<string> = new Set<AskedFor['kind']>([
  'pause',
  'cancel',
  'retry',
  'prioritise',
  'approve',
  'reject',
  'resume',
  'apply',
]);

/** Larger files are no requests. */
const MAX_BYTES = 1_048_576;

/** Milliseconds between two looks. */
const PACE = 100;

const folderOf = ({ dir }: Workspace): string => join(dir, 'inbox');

export function putRequest(workspace: Workspace, request: AskedFor): void {
  writeDurably(join(folderOf(workspace), `${request.id}.json`), `${JSON.stringify(request)}\n`);
}

export function isPending(workspace: Workspace, id: string): boolean {
  return existsSync(join(folderOf(workspace), `${id}.json`));
}

export function withdraw(workspace: Workspace, id: string): void {
  rmSync(join(folderOf(workspace), `${id}.json`), { force: true });
}

/**
 * Hands every request to `take`, the oldest first, and removes it when that has resolved; one that could not be taken stays, and is handed over again at
 * the next look. Returns how to stop.
 */
export function watchInbox(workspace: Workspace, take: (request: AskedFor) => Promise<void>): () => Promise<void> {
  let working: Promise<void> | undefined;
  const look = (): void => {
    working ??= takeAll(workspace, take)
      .catch(() => undefined)
      .finally(() => {
        working = undefined;
      });
  };
  const timer = setInterval(look, PACE);
  look();
  return async () => {
    clearInterval(timer);
    await working;
  };
}

async function takeAll(workspace: Workspace, take: (request: AskedFor) => Promise<void>): Promise<void> {
  const folder = folderOf(workspace);
  // Ids are UUIDs of version 7: their order is that of time.
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.')) : [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const request = readRequest(path);
    if (request !== undefined) await take(request);
    rmSync(path, { force: true });
  }
}

/** What is no request of ours is nobody's. */
function readRequest(path: string): AskedFor | undefined {
  try {
    return statSync(path).size > MAX_BYTES ? undefined : parseRequest(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reads what `putRequest` wrote; undefined for anything else. */
export function parseRequest(text: string): AskedFor | undefined {
  const value = parse(text);
  if (!isJsonObject(value)) return undefined;
  const { id, by, kind } = value;
  if (typeof id !== 'string' || id === '' || typeof by !== 'string' || typeof kind !== 'string' || !KINDS.has(kind))
    return undefined;
  return (kind === 'apply' ? isApply(value) : isWord(value)) ? (value as unknown as AskedFor) : undefined;
}

function isApply({ input, cwd, workspace }: JsonObject): boolean {
  return isJsonObject(input) && typeof input['bundle'] === 'string' && typeof cwd === 'string' && typeof workspace === 'string';
}

function isWord({ kind, mission, task, note, priority }: JsonObject): boolean {
  const texts = [task, note].every((each) => each === undefined || typeof each === 'string');
  const isPriority = priority === 'P0' || priority === 'P1' || priority === 'P2';
  return typeof mission === 'string' && texts && (isPriority || (priority === undefined && kind !== 'prioritise'));
}

function parse(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
