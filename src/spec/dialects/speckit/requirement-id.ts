import type { RequirementKind, TaskPriority } from '../../model.ts';

/** `**FR-001**: …`, `FR-001a: …`, `[SC-002] …`, `**NFR-1** …`. */
export const REQUIREMENT =
  /^(?:\*\*|__|`|\[)?([A-Z]{2,6}(?:-[A-Z]{1,6})?-\d{1,4}(?:-\d{1,4})?[a-z]?(?:\.\d{1,3})?)(?:\*\*|__|`|\])?\s{0,3}(?:([:：–—-])\s{0,3}(?:\*\*|__)?|(?=\(|（|\[)|$|(?<=[*_`\]]\s{0,3}))\s{0,3}/;
/** A row of a table whose first cell is an id. */
export const TABLE_ROW =
  /^\s{0,3}\|\s{0,10}(?:\*\*|`)?([A-Z]{2,6}(?:-[A-Z]{1,6})?-\d{1,4}(?:-\d{1,4})?[a-z]?)(?:\*\*|`)?\s{0,10}\|(.{1,2000})$/;
const KINDS: Record<string, RequirementKind> = {
  FR: 'functional',
  SC: 'success',
  NFR: 'quality',
  AC: 'acceptance',
  EC: 'criterion',
};

export function kindOf(id: string): RequirementKind {
  return KINDS[id.split('-', 1)[0] ?? ''] ?? (/^(?:NFR|PERF|SEC|QR)/.test(id) ? 'quality' : 'functional');
}

const PRIORITY = /P(\d)(?![\p{L}\p{N}])/u;
const PRIORITIES: readonly TaskPriority[] = ['P0', 'P1', 'P2', 'P3', 'P4'];

/** The priority that a title names; those of the fifth rank and below are of the last there is. */
export function priorityIn(title: string): TaskPriority | undefined {
  const rank = PRIORITY.exec(title)?.[1];
  return rank === undefined ? undefined : PRIORITIES[Math.min(Number(rank), 4)];
}
