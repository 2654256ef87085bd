import { counted } from '../../base/text.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import type { WorkStatus } from '../model.ts';
import type { Place } from '../source-text.ts';

const STATUSES: Record<string, WorkStatus> = {
  '': 'todo',
  '*': 'todo',
  x: 'done',
  X: 'done',
  '✓': 'done',
  '✔': 'done',
  '✅': 'done',
  '☑': 'done',
  '-': 'cancelled',
  '✗': 'cancelled',
  '✘': 'cancelled',
  '❌': 'cancelled',
  '>': 'cancelled',
  '~': 'doing',
  '/': 'doing',
};

/** What the mark in a checkbox says. A dialect that reads a mark another way (Kiro's `[-]`) gives its own table. */
export function statusOf(marker: string, own: Readonly<Record<string, WorkStatus>> = {}): WorkStatus {
  return own[marker] ?? STATUSES[marker] ?? 'unknown';
}

/** Nobody waits for it, and it is not run. */
export function isSettled(status: WorkStatus): boolean {
  return status === 'done' || status === 'cancelled';
}

export function reportUnknownMark(marker: string, at: Place, diagnostics: DiagnosticList): void {
  const message = `A checkbox marked \`${marker}\` is taken as open.`;
  diagnostics.report('SPEC_CHECKBOX_MARKER', at, { message, hint: 'Write `[ ]` for open and `[x]` for done.' });
}

export function reportLegend(marker: string, at: Place, diagnostics: DiagnosticList): void {
  const message = `\`[${marker}]\` is a label and no checkbox: the line is no task.`;
  diagnostics.report('SPEC_CHECKBOX_LEGEND', at, { message, hint: 'Write `- [ ] ` before it if it is one.' });
}

/** `its 3 checkboxes are no tasks`, of one file or of several. */
export function boxesAreNoTasks(count: number, whose: 'its' | 'their' = 'its'): string {
  return count === 1 ? `${whose} checkbox is no task` : `${whose} ${counted(count, 'checkbox', 'checkboxes')} are no tasks`;
}
