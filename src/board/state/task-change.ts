import type { TaskState } from '../../runtime/mission/records.ts';

const AFTER: Readonly<Record<string, TaskState>> = {
  'task.started': 'running',
  'task.succeeded': 'succeeded',
  'task.cached': 'cached',
  'task.failed': 'failed',
  'task.skipped': 'skipped',
  'task.cancelled': 'cancelled',
  'task.reopened': 'waiting',
  'approval.asked': 'waiting',
};

/** The state that an entry of this kind puts its task into; undefined if it leaves it where it is. */
export function stateAfter(kind: string): TaskState | undefined {
  return Object.hasOwn(AFTER, kind) ? AFTER[kind] : undefined;
}

/** Kinds after which more has changed than can be told from the entry alone: what is shown is read anew. */
const FAR_REACHING = new Set([
  'mission.resumed',
  'mission.interrupted',
  'mission.finished',
  'word.retry',
  'word.cancel',
  'word.reject',
  'approval.expired',
  'gate.decided',
  'result.committed',
  'branch.moved',
  'branch.refused',
]);

export function isFarReaching(kind: string): boolean {
  return FAR_REACHING.has(kind);
}
