import type { JsonObject } from '../../../base/json.ts';
import type { TaskPriority, WorkStatus } from '../../model.ts';
import { statusNamed } from '../../work/status-words.ts';

/** Statuses of the tool; a project may define more. What is held up or put off is still to be done. */
const STATUSES: Readonly<Record<string, WorkStatus>> = {
  open: 'todo',
  blocked: 'todo',
  deferred: 'todo',
  in_progress: 'doing',
  hooked: 'doing',
  closed: 'done',
};

/** Statuses that say more than ours do; they stay as labels. */
const TELLING = new Set(['blocked', 'deferred', 'hooked']);

/** Types by which the tool and its orchestrators keep their own books; all others, a project's own too, are work. */
const NO_WORK = new Set([
  'agent',
  'convoy',
  'event',
  'gate',
  'memory',
  'merge-request',
  'message',
  'rig',
  'role',
  'slot',
  'tombstone',
  'wisp',
]);

/** Dependencies by which the tool itself orders work; `parent-child` says of what an issue is part. */
const SCHEDULING: Readonly<Record<string, string>> = {
  blocks: 'is blocked by',
  'conditional-blocks': 'is done only if this fails:',
  'waits-for': 'waits for what comes of',
};

const PRIORITIES: readonly TaskPriority[] = ['P0', 'P1', 'P2', 'P3', 'P4'];

/** Other words than the tool's are a project's own, and mean what they say. */
export function issueStatus(written: string | undefined): { status: WorkStatus; label?: string } {
  const word = (written ?? 'open').toLowerCase().replace(/[\s-]+/g, '_');
  const status = Object.hasOwn(STATUSES, word) ? (STATUSES[word] ?? 'unknown') : (statusNamed(word) ?? 'unknown');
  return TELLING.has(word) ? { status, label: word } : { status };
}

/** Why a line is no work; undefined if it is. */
export function noWorkOf(issue: JsonObject): string | undefined {
  const record = issue['_type'];
  if (typeof record === 'string' && record !== 'issue') return record;
  const type = issue['issue_type'];
  if (typeof type === 'string' && NO_WORK.has(type.toLowerCase().replace(/[\s_]+/g, '-'))) return type;
  if (issue['status'] === 'tombstone' || issue['deleted_at'] !== undefined) return 'tombstone';
  if (issue['is_template'] === true) return 'template';
  if (issue['ephemeral'] === true || issue['wisp'] === true) return 'ephemeral';
  return issue['pinned'] === true || issue['status'] === 'pinned' ? 'pinned note' : undefined;
}

/** How the tool words a dependency that orders work; undefined for one that does not. */
export function schedulingWords(type: string): string | undefined {
  return Object.hasOwn(SCHEDULING, type) ? SCHEDULING[type] : undefined;
}

/** 0 is the most urgent. */
export function issuePriority(written: unknown): TaskPriority | undefined {
  const digit = typeof written === 'string' ? /^\s*p?([0-4])\s*$/i.exec(written)?.[1] : undefined;
  return PRIORITIES[typeof written === 'number' ? written : Number(digit ?? -1)];
}
