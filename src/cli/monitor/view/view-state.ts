import type { SteerWord } from './steer-word.ts';

export type Shape = 'tree' | 'graph';
export type Pane = 'log' | 'evidence' | 'facts';
export type Only = 'all' | 'running' | 'failed' | 'asked' | 'waiting' | 'done';

export const PANES: readonly Pane[] = ['log', 'evidence', 'facts'];
export const ONLY: readonly Only[] = ['all', 'running', 'failed', 'asked', 'waiting', 'done'];

/** What is asked before it is done; `note` while a note is typed. */
export interface Dialog {
  word: SteerWord | 'leave';
  /** Undefined: the mission. */
  task: string | undefined;
  /** What an agent asks, by its number: what is answered. */
  about?: string;
  question: string;
  note: string;
}

/** What somebody has chosen to look at: all of the monitor's state that does not come from the log. Replaced, never changed. */
export interface ViewState {
  columns: number;
  rows: number;
  shape: Shape;
  pane: Pane;
  /** Who gets the arrows. */
  focus: 'list' | 'detail';
  /** The detail has the whole screen, without borders, so that the terminal's own selection copies text alone. */
  full: boolean;
  /** Id of a task, or `#TITLE` of a milestone. */
  selected: string | undefined;
  /** The selection goes with the task that was started last, until somebody moves it. */
  follow: boolean;
  /** First row of the list, or of the graph. */
  top: number;
  /** First line of the detail; undefined: its end, whatever comes. */
  scroll: number | undefined;
  query: string;
  typing: 'query' | 'note' | undefined;
  only: Only;
  folded: ReadonlySet<string>;
  dialog: Dialog | undefined;
  /** First line of the help, while it is shown. */
  help: number | undefined;
  /** What was just done, or went wrong. */
  notice: string;
}

export function firstView(size: { columns: number; rows: number }): ViewState {
  return {
    ...size,
    shape: 'tree',
    pane: 'log',
    focus: 'list',
    full: false,
    selected: undefined,
    follow: true,
    top: 0,
    scroll: undefined,
    query: '',
    typing: undefined,
    only: 'all',
    folded: new Set(),
    dialog: undefined,
    help: undefined,
    notice: '',
  };
}
