import type { MissionModel } from '../model/mission-model.ts';
import { detailLines, endsInNews } from '../screen/detail.ts';
import { ask, waitsForPerson } from './ask.ts';
import type { Deed } from './key-table.ts';
import { panesOf } from './panes.ts';
import { milestoneKey } from './rows.ts';
import { chosen, nextTask, selectedKey, selectedTask, sideways, stepped } from './selection.ts';
import type { SteerWord } from './steer-word.ts';
import { ONLY, type Pane, PANES, type ViewState } from './view-state.ts';

/** What the world is to do. */
export type Effect =
  | { type: 'steer'; word: SteerWord; task: string | undefined; about?: string; note: string }
  | { type: 'copy'; text: string }
  | { type: 'leave' | 'interrupt' | 'stream' | 'suspend' | 'redraw' };

export interface Done {
  view: ViewState;
  effect?: Effect;
}

export interface Situation {
  model: MissionModel;
  view: ViewState;
}

type Doing = (situation: Situation) => Done;

const seen = (change: (situation: Situation) => ViewState): Doing => {
  return (situation) => ({ view: change(situation) });
};

const moved = (by: (situation: Situation) => number): Doing =>
  seen((situation) => {
    const { model, view } = situation;
    return scrolls(view) ? scrolled(situation, by(situation)) : stepped(model, view, by(situation));
  });

const scrolls = ({ focus, full }: ViewState): boolean => focus === 'detail' || full;

const pageOf = ({ view }: Situation): number => {
  const { list, detail } = panesOf(view);
  return Math.max(1, (scrolls(view) ? detail.height : list.height) - 1);
};

/** The detail, moved; at its end it stays there whatever comes. */
function scrolled({ model, view }: Situation, by: number): ViewState {
  const { height } = panesOf(view).detail;
  const task = selectedTask(model, view);
  const end = Math.max(0, detailLines(model, view, task).length - height);
  const news = endsInNews(view, task);
  const to = Math.max(0, Math.min(end, (view.scroll ?? (news ? end : 0)) + by));
  return { ...view, scroll: to === end && news ? undefined : to };
}

const pane = (name: Pane): Doing => seen(({ view }) => ({ ...view, pane: name, scroll: undefined }));

function folded({ model, view }: Situation, how: boolean | undefined): ViewState {
  const key = selectedKey(model, view) ?? '';
  const title = model.task(key)?.milestone ?? key.slice(1);
  const set = new Set(view.folded);
  if (how ?? !set.has(title)) set.add(title);
  else set.delete(title);
  return { ...view, folded: set, ...(set.has(title) ? { selected: milestoneKey(title), follow: false } : {}) };
}

const leave: Doing = ({ view }) => ({ view, effect: { type: 'leave' } });

/** What each key's deed does to the view, and to the world. */
export const DEEDS: Readonly<Record<Deed, Doing>> = {
  up: moved(() => -1),
  down: moved(() => 1),
  pageUp: moved((situation) => -pageOf(situation)),
  pageDown: moved(pageOf),
  first: moved(() => Number.MIN_SAFE_INTEGER),
  last: moved(() => Number.MAX_SAFE_INTEGER),
  left: seen(({ model, view }) => (view.shape === 'graph' ? sideways(model, view, -1) : folded({ model, view }, true))),
  right: seen(({ model, view }) => (view.shape === 'graph' ? sideways(model, view, 1) : folded({ model, view }, false))),
  fold: seen((situation) => (situation.view.shape === 'tree' ? folded(situation, undefined) : situation.view)),
  focus: seen(({ view }) => ({ ...view, focus: view.focus === 'list' ? 'detail' : 'list' })),
  open: seen(({ model, view }) => ({ ...view, full: selectedTask(model, view) !== undefined })),
  back: seen(({ view }) => {
    if (view.full) return { ...view, full: false };
    if (view.focus === 'detail') return { ...view, focus: 'list' };
    return { ...view, query: '', only: 'all' };
  }),
  nextPane: seen(({ view }) => ({ ...view, pane: after(PANES, view.pane), scroll: undefined })),
  log: pane('log'),
  evidence: pane('evidence'),
  facts: pane('facts'),
  shape: seen(({ view }) => ({ ...view, shape: view.shape === 'tree' ? 'graph' : 'tree', top: 0 })),
  follow: seen(({ model, view }) => ({ ...view, follow: !view.follow, selected: selectedKey(model, view) })),
  search: seen(({ view }) => ({ ...view, typing: 'query', full: false, focus: 'list', follow: false })),
  filter: seen(({ view }) => ({ ...view, only: after(ONLY, view.only), follow: false, top: 0 })),
  nextAsked: seen(({ model, view }) => chosen(view, nextTask(model, view, (task) => waitsForPerson(model, task))?.id)),
  nextFailed: seen(({ model, view }) => chosen(view, nextTask(model, view, ({ state }) => state === 'failed')?.id)),
  copy: ({ model, view }) => ({ view, effect: { type: 'copy', text: copyOf({ model, view }) } }),
  approve: (situation) => ask('approve', situation),
  reject: (situation) => ask('reject', situation),
  retry: (situation) => ask('retry', situation),
  retryAll: (situation) => ask('retryAll', situation),
  cancel: (situation) => ask('cancel', situation),
  cancelAll: (situation) => ask('cancelAll', situation),
  pause: (situation) => ask('pause', situation),
  resume: (situation) => ask('resume', situation),
  stream: ({ view }) => ({ view, effect: { type: 'stream' } }),
  help: seen(({ view }) => ({ ...view, help: 0 })),
  leave,
  interrupt: ({ view }) => ({ view, effect: { type: 'interrupt' } }),
  redraw: ({ view }) => ({ view, effect: { type: 'redraw' } }),
  suspend: ({ view }) => ({ view, effect: { type: 'suspend' } }),
};

function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] ?? one;
}

/** The detail as text: without what is beside it, and its lines unbroken. */
function copyOf({ model, view }: Situation): string {
  const lines = detailLines(model, { ...view, columns: 10_000, full: true }, selectedTask(model, view));
  return lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
