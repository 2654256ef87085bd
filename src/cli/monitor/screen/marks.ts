import type { TaskState } from '../../../runtime/mission/records.ts';
import type { MonitorTask } from '../model/monitor-task.ts';
import { type Piece, piece, type Tone } from './line.ts';

/** The signs that the screen is drawn with; a second set for terminals without Unicode. */
export interface Marks {
  states: Readonly<Record<TaskState | 'asked', string>>;
  selected: string;
  open: string;
  closed: string;
  across: string;
  down: string;
  full: string;
  empty: string;
  needed: string;
  needs: string;
}

export const UNICODE: Marks = {
  states: { waiting: '·', running: '▶', succeeded: '✓', cached: '=', failed: '✗', skipped: '-', cancelled: '-', asked: '?' },
  selected: '›',
  open: '▾',
  closed: '▸',
  across: '─',
  down: '│',
  full: '█',
  empty: '░',
  needs: '◂',
  needed: '▸',
};

export const ASCII: Marks = {
  states: { waiting: '.', running: '>', succeeded: '+', cached: '=', failed: 'x', skipped: '-', cancelled: '-', asked: '?' },
  selected: '>',
  open: 'v',
  closed: '>',
  across: '-',
  down: '|',
  full: '#',
  empty: '.',
  needs: '<',
  needed: '>',
};

const TONES: Readonly<Record<TaskState, Tone>> = {
  waiting: 'dim',
  running: 'cyan',
  succeeded: 'green',
  cached: 'green',
  failed: 'red',
  skipped: 'yellow',
  cancelled: 'yellow',
};

export function toneOf(state: TaskState): Tone {
  return TONES[state];
}

/** The sign for how a task stands. */
export function stateMark({ state, approval, asking }: MonitorTask, marks: Marks): Piece {
  if (asking || (state === 'waiting' && approval === 'asked')) return piece(marks.states.asked, 'yellow');
  return piece(marks.states[state], TONES[state]);
}

/** In words, for people and screen readers. */
export function stateWord({ state, approval, asking }: MonitorTask): string {
  if (asking) return `${state}, its agent asks`;
  return state === 'waiting' && approval === 'asked' ? 'waits for approval' : state;
}
