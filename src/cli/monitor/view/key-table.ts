/** What a key can do. */
export type Deed =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last'
  | 'focus'
  | 'open'
  | 'back'
  | 'nextPane'
  | 'log'
  | 'evidence'
  | 'facts'
  | 'shape'
  | 'fold'
  | 'follow'
  | 'search'
  | 'filter'
  | 'nextAsked'
  | 'nextFailed'
  | 'copy'
  | 'approve'
  | 'reject'
  | 'retry'
  | 'retryAll'
  | 'cancel'
  | 'cancelAll'
  | 'pause'
  | 'resume'
  | 'stream'
  | 'help'
  | 'leave'
  | 'interrupt'
  | 'suspend'
  | 'redraw';

export interface KeyRow {
  /** As `keyNames` names them. */
  keys: readonly string[];
  deed: Deed;
  about: string;
  /** One or two words for the row of keys at the bottom, most useful first; without, only the help shows it. */
  short?: string;
}

/** Every key, under the headings of the help: what is pressed, what the help says and what the last row shows come from here alone. */
export const KEY_TABLE: readonly { title: string; rows: readonly KeyRow[] }[] = [
  {
    title: 'Move',
    rows: [
      { keys: ['up', 'k'], deed: 'up', about: 'one row up; in the detail, one line' },
      { keys: ['down', 'j'], deed: 'down', about: 'one row down' },
      { keys: ['left', 'h'], deed: 'left', about: 'fold a milestone; in the graph, one level to the left' },
      { keys: ['right', 'l'], deed: 'right', about: 'unfold a milestone; in the graph, one level to the right' },
      { keys: ['pageUp', 'ctrl-b'], deed: 'pageUp', about: 'one page up' },
      { keys: ['pageDown', 'ctrl-f'], deed: 'pageDown', about: 'one page down' },
      { keys: ['home', 'g'], deed: 'first', about: 'to the beginning' },
      { keys: ['end', 'G'], deed: 'last', about: 'to the end; a log then stays at its end' },
      { keys: ['!'], deed: 'nextFailed', about: 'to the next task that has failed' },
      { keys: ['?'], deed: 'help', about: 'these keys', short: 'help' },
      { keys: ['A'], deed: 'nextAsked', about: 'to the next task that waits for a person' },
      { keys: ['.'], deed: 'follow', about: 'go with the task that was started last, or stay' },
    ],
  },
  {
    title: 'Look',
    rows: [
      { keys: ['/'], deed: 'search', about: 'show tasks whose id or title holds a text', short: 'search' },
      { keys: ['f'], deed: 'filter', about: 'show all, running, failed, asked, waiting or done tasks', short: 'filter' },
      { keys: ['v'], deed: 'shape', about: 'tree of milestones, or graph by levels', short: 'graph' },
      { keys: ['space'], deed: 'fold', about: 'fold or unfold a milestone' },
      { keys: ['tab'], deed: 'focus', about: 'arrows to the list, or to the detail' },
      { keys: ['enter'], deed: 'open', about: 'detail on the whole screen, without borders', short: 'open' },
      { keys: ['esc'], deed: 'back', about: 'back: from the detail, a search, a filter' },
      { keys: [']', '['], deed: 'nextPane', about: 'next pane: log, evidence, facts', short: 'pane' },
      { keys: ['1'], deed: 'log', about: 'what the log says of the task, as it comes' },
      { keys: ['2', 'e'], deed: 'evidence', about: 'artifacts, statements and reports of the task' },
      { keys: ['3', 'i'], deed: 'facts', about: 'state, cost, needs, and what needs it' },
      { keys: ['ctrl-l'], deed: 'redraw', about: 'draw the screen anew, where another program has written over it' },
      { keys: ['y'], deed: 'copy', about: 'copy the detail to the clipboard (OSC 52)', short: 'copy' },
    ],
  },
  {
    title: 'Decide (each asks first)',
    rows: [
      { keys: ['a'], deed: 'approve', about: 'say yes to a task that waits for a person', short: 'approve' },
      { keys: ['x'], deed: 'reject', about: 'say no to it', short: 'reject' },
      { keys: ['r'], deed: 'retry', about: 'do a failed or cancelled task again', short: 'retry' },
      { keys: ['R'], deed: 'retryAll', about: 'do again all that has failed or was cancelled' },
      { keys: ['c'], deed: 'cancel', about: 'give up the task' },
      { keys: ['C'], deed: 'cancelAll', about: 'give up the mission' },
      { keys: ['p'], deed: 'pause', about: 'start nothing more of the mission', short: 'pause' },
      { keys: ['u'], deed: 'resume', about: 'run the mission on', short: 'resume' },
    ],
  },
  {
    title: 'Leave',
    rows: [
      { keys: ['s'], deed: 'stream', about: 'a plain line for each change instead, and back', short: 'stream' },
      { keys: ['q'], deed: 'leave', about: 'leave; a mission that runs in this process is asked about', short: 'leave' },
      { keys: ['ctrl-c'], deed: 'interrupt', about: 'leave; while the mission runs in this process, finish what runs and stop' },
      { keys: ['ctrl-z'], deed: 'suspend', about: 'to the shell for a while; `fg` comes back' },
    ],
  },
];

const DEEDS: ReadonlyMap<string, Deed> = new Map(
  KEY_TABLE.flatMap(({ rows }) => rows.flatMap(({ keys, deed }) => keys.map((key) => [key, deed] as const))),
);

export function deedOf(key: string): Deed | undefined {
  return DEEDS.get(key);
}
