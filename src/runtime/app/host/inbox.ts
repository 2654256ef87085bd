import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { writeDurably } from '../../../base/durable-file.ts';
import { systemCode } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import type { WordKind } from '../../mission/records.ts';
import { type Face, isFace } from '../../vault/approval.ts';
import type { Priority } from '../../../spec/model.ts';
import type { ApplyInput } from '../operations.ts';
import type { Workspace } from '../workspace.ts';

/**
 * What one process asks of the one that writes: a file in the workspace's `inbox`, so that it is there until it is answered, whoever lives or
 * dies meanwhile. The answer is an entry of the log that carries the request's id; so a request counts once, however often it is read.
 */
export type AskedFor = { id: string; by: string } & (
  | { kind: WordKind; mission: string; task?: string; note?: string; priority?: Priority; question?: string; face?: Face }
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

/** Names of a request: as it was put, and once the writer has begun with it. */
const putAs = (workspace: Workspace, id: string): string => join(folderOf(workspace), `${id}.json`);
const takenAs = (workspace: Workspace, id: string): string => join(folderOf(workspace), `${id}.taken`);

export function putRequest(workspace: Workspace, request: AskedFor): void {
  writeDurably(putAs(workspace, request.id), `${JSON.stringify(request)}\n`);
}

/** Where a request stands that has no answer yet: it lies there, the writer has begun with it, or it is done with. */
export function standingOf(workspace: Workspace, id: string): 'put' | 'taken' | 'gone' {
  if (existsSync(putAs(workspace, id))) return 'put';
  return existsSync(takenAs(workspace, id)) ? 'taken' : 'gone';
}

/** Takes a request back. False if the writer has begun with it. */
export function withdraw(workspace: Workspace, id: string): boolean {
  try {
    rmSync(putAs(workspace, id));
    return true;
  } catch {
    return false;
  }
}

/** Hands every request to `take`, the oldest first, and removes it when that has resolved, again and again if that rejects. Returns how to stop. */
export function watchInbox(workspace: Workspace, take: (request: AskedFor) => Promise<void>): () => Promise<void> {
  let working: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      await takeAll(workspace, take);
    } catch {
      // It stays where it is, and is taken again: what cannot be written now is said by the mission that runs.
    }
    working = undefined;
  };
  const start = (): void => {
    working ??= look();
  };
  const timer = setInterval(start, PACE);
  // Not at once: whoever begins to watch has begun a mission, which must be under way when others ask for it.
  const first = setImmediate(start);
  return async () => {
    clearImmediate(first);
    clearInterval(timer);
    await working;
  };
}

async function takeAll(workspace: Workspace, take: (request: AskedFor) => Promise<void>): Promise<void> {
  const folder = folderOf(workspace);
  // Ids are UUIDs of version 7: their order is that of time.
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^[^.].*\.(?:json|taken)$/.test(name)) : [];
  for (const name of names.sort()) {
    const id = name.slice(0, name.lastIndexOf('.'));
    const taken = takenAs(workspace, id);
    if (name.endsWith('.json') && !claim(putAs(workspace, id), taken)) continue;
    const request = readRequest(taken);
    if (request !== undefined) await take(request);
    rmSync(taken, { force: true });
  }
}

/** False if whoever asked has taken it back meanwhile. */
function claim(put: string, taken: string): boolean {
  try {
    renameSync(put, taken);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
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
  const value = parsedJson(text);
  if (!isJsonObject(value)) return undefined;
  const { id, by, kind } = value;
  if (typeof id !== 'string' || id === '' || typeof by !== 'string' || typeof kind !== 'string' || !KINDS.has(kind))
    return undefined;
  return (kind === 'apply' ? isApply(value) : isWord(value)) ? (value as unknown as AskedFor) : undefined;
}

function isApply({ input, cwd, workspace }: JsonObject): boolean {
  return isJsonObject(input) && typeof input['bundle'] === 'string' && typeof cwd === 'string' && typeof workspace === 'string';
}

function isWord({ kind, mission, task, note, priority, question, face }: JsonObject): boolean {
  const texts = [task, note, question].every((each) => each === undefined || typeof each === 'string');
  const isPriority = priority === 'P0' || priority === 'P1' || priority === 'P2';
  return (
    typeof mission === 'string' &&
    texts &&
    (face === undefined || isFace(face)) &&
    (isPriority || (priority === undefined && kind !== 'prioritise'))
  );
}
