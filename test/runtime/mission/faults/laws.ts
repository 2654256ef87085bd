import { isJsonObject } from '../../../../src/base/json.ts';
import type { Entry } from '../../../../src/runtime/log/entry.ts';
import { fsck } from '../../../../src/runtime/log/fsck.ts';
import type { Log } from '../../../../src/runtime/log/log.ts';
import { missionRows } from '../../../../src/runtime/mission/queries.ts';
import { openIn, SHARED_IDS, signerIn } from './two-missions.ts';

/** What a workspace must say of its missions, whatever happened to the processes that drove them. */
export interface Account {
  /** Ended attempts: by mission and task; of what both missions have, by task. */
  ended: Record<string, number>;
  /** What no log may hold. */
  breaches: string[];
}

export function accountOf(dir: string): Account {
  const { log } = openIn(dir);
  try {
    const breaches = fsck(dir, { verifier: signerIn(dir) }).faults.map(({ subject, message }) => `${subject}: ${message}`);
    return { ended: endedAttempts(log), breaches: [...breaches, ...repeated(log), ...apart(log), ...backwards(log)] };
  } finally {
    log.close();
  }
}

function endedAttempts(log: Log): Record<string, number> {
  const names = new Map(missionRows(log.db).map(({ id, specification }) => [id, specification]));
  const ended: Record<string, number> = {};
  for (const { mission = '', task = '' } of log.entries({ kinds: ['task.succeeded', 'task.failed'] })) {
    const name = SHARED_IDS.has(task) ? task : `${names.get(mission)} ${task}`;
    ended[name] = (ended[name] ?? 0) + 1;
  }
  return ended;
}

/** No attempt starts or ends twice, and what has succeeded starts again only if it was found at fault or is made from something else. */
function repeated(log: Log): string[] {
  const breaches: string[] = [];
  const seen = new Set<string>();
  const settled = new Map<string, unknown>();
  for (const entry of log.entries({ kinds: ['task.started', 'task.succeeded', 'task.failed', 'task.reopened'] })) {
    const { kind, mission, task, data } = entry;
    const name = `${mission} ${task}`;
    if (kind === 'task.reopened') settled.delete(name);
    else {
      const attempt = `${kind === 'task.started' ? 'start' : 'end'} of ${name} ${Number(data['attempt'])}`;
      if (seen.has(attempt)) breaches.push(`second ${attempt}`);
      seen.add(attempt);
      if (kind === 'task.started' && settled.get(name) === data['key']) breaches.push(`${name} had settled`);
      if (kind === 'task.succeeded') settled.set(name, data['key']);
    }
  }
  return breaches;
}

/** What is said of an agent before and after its work stands beside the start and the end of its attempt, in the same commit. */
function apart(log: Log): string[] {
  const nameOf = ({ mission, task, data }: Entry): string => `${mission} ${task} ${Number(data['attempt'])}`;
  const lifecycleAt = (seq: number): string => {
    const entry = seq < log.size ? log.entry(seq) : undefined;
    const event = entry?.data['event'];
    const state = isJsonObject(event) ? event['lifecycle'] : undefined;
    return entry !== undefined && typeof state === 'string' ? `${nameOf(entry)} ${state}` : 'nothing';
  };
  return [...log.entries({ kinds: ['task.started', 'task.succeeded', 'task.failed'] })].flatMap((entry) => {
    const [state, seq] = entry.kind === 'task.started' ? ['spawned', entry.seq + 1] : ['retired', endOf(log, entry)];
    return lifecycleAt(seq) === `${nameOf(entry)} ${state}` ? [] : [`${entry.kind} ${entry.seq} is not beside ${state}`];
  });
}

/** Where the records begin that were appended with the end of an attempt: behind all else of its task. */
function endOf(log: Log, { seq, mission, task }: Entry): number {
  let at = seq - 1;
  while (at > 0 && log.entry(at).kind === 'artifact.recorded' && log.entry(at).mission === mission && log.entry(at).task === task)
    at--;
  return at;
}

function backwards(log: Log): string[] {
  let last = '';
  const breaches: string[] = [];
  for (const { at, seq } of log.entries()) {
    if (at < last) breaches.push(`entry ${seq} is of ${at}, the one before of ${last}`);
    last = at;
  }
  return breaches;
}

/** Entries that were acknowledged and are not there, or are other ones now. */
export function lost(dir: string, acknowledged: readonly Pick<Entry, 'seq' | 'kind' | 'task'>[]): string[] {
  const { log } = openIn(dir);
  try {
    return acknowledged.flatMap(({ seq, kind, task }) => {
      const found = seq < log.size ? log.entry(seq) : undefined;
      return found?.kind === kind && found.task === task ? [] : [`${seq} ${kind} ${task}`];
    });
  } finally {
    log.close();
  }
}
