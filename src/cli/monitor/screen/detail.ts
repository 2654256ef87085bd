import { counted, grouped } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { MissionModel } from '../model/mission-model.ts';
import type { LogItem, MonitorTask } from '../model/monitor-task.ts';
import { panesOf } from '../view/panes.ts';
import type { Pane, ViewState } from '../view/view-state.ts';
import { type Line, piece, type Tone, wrapped } from './line.ts';
import { stateWord, toneOf } from './marks.ts';

type Detail = (task: MonitorTask, width: number, model: MissionModel) => Line[];

/** All lines of the pane that is open, about the selected task; about the mission where a milestone is selected. */
export function detailLines(model: MissionModel, view: ViewState, task: MonitorTask | undefined): Line[] {
  const { width } = panesOf(view).detail;
  return task === undefined ? happened(model, width) : DETAILS[view.pane](task, width, model);
}

/** What is shown tells what happens: the newest is at its end. */
export function endsInNews({ pane }: ViewState, task: MonitorTask | undefined): boolean {
  return task === undefined || pane === 'log';
}

const DETAILS: Readonly<Record<Pane, Detail>> = {
  log: ({ log }, width) => log.flatMap((item) => logLines(item, width)),
  evidence: ({ evidence, state }, width) => {
    if (evidence.length === 0)
      return [[piece(state === 'waiting' || state === 'running' ? 'Nothing yet.' : 'It left none.', 'dim')]];
    return evidence.map(({ kind, name, detail }) => [
      piece(kind.padEnd(11), 'dim'),
      piece(name),
      piece(`  ${width < 100 ? shortDigest(detail) : detail}`, toneOfResult(detail)),
    ]);
  },
  facts: (task, width, model) => [...factLines(task, width), ...links('needs', task.needs, model), ...neededBy(task, model)],
};

function logLines({ at, kind, text }: LogItem, width: number): Line[] {
  const [first = '', ...rest] = text.split('\n');
  const head = `${at.slice(11, 19)} ${kind}`;
  const room = width - head.length - 2;
  const [begin = '', ...more] = room < 20 ? ['', ...wrapped(first, width - 2)] : wrapped(first, room);
  return [
    [piece(at.slice(11, 19), 'dim'), piece(` ${kind}`, toneOfKind(kind)), piece(begin === '' ? '' : `  ${begin}`)],
    ...[...more, ...rest.flatMap((line) => wrapped(line, width - 2))].map((line) => [piece(`  ${line}`)]),
  ];
}

const OUTCOMES: Readonly<Record<string, Tone>> = {
  failed: 'red',
  succeeded: 'green',
  cached: 'green',
  started: 'cyan',
  skipped: 'yellow',
  asked: 'yellow',
  reopened: 'yellow',
};

const toneOfKind = (kind: string): Tone | undefined => OUTCOMES[kind.slice(kind.indexOf('.') + 1)];

const toneOfResult = (detail: string): Tone => (detail.startsWith('pass') ? 'green' : detail.startsWith('fail') ? 'red' : 'dim');

const shortDigest = (detail: string): string => detail.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');

function factLines(task: MonitorTask, width: number): Line[] {
  const { startedAt, finishedAt, reason } = task;
  const took = startedAt === undefined || finishedAt === undefined ? '' : duration(finishedAt - startedAt);
  const cost = [
    ...(task.tokens > 0 ? [`${grouped(task.tokens)} tokens`] : []),
    ...(task.money > 0 ? [`$${task.money.toFixed(2)}`] : []),
    ...(task.energy > 0 ? [`energy ${task.energy}`] : []),
  ].join(', ');
  const facts: readonly (readonly [string, string, Tone?])[] = [
    ['task', task.id, 'bold'],
    ['title', task.title],
    ['state', stateWord(task), toneOf(task.state)],
    ['kind', task.kind],
    ['milestone', task.milestone],
    ['attempt', task.attempt === 0 ? '' : String(task.attempt)],
    ['took', took],
    ['used', cost],
    ['answer by', task.approval === 'asked' ? (task.expires ?? '') : ''],
    ['reason', reason ?? ''],
  ];
  return facts.filter(([, value]) => value !== '').flatMap(([name, value, tone]) => fact(name, { value, tone, width }));
}

function fact(name: string, { value, tone, width }: { value: string; tone: Tone | undefined; width: number }): Line[] {
  return wrapped(value, width - 11).map((line, at) => [piece((at === 0 ? name : '').padEnd(11), 'dim'), piece(line, tone)]);
}

function links(name: string, needs: MonitorTask['needs'], model: MissionModel): Line[] {
  return needs
    .slice(0, MOST_LINKS)
    .map(({ task: id, because }, at) => [
      piece((at === 0 ? name : '').padEnd(11), 'dim'),
      ...linked(id, model),
      piece(`  ${because}`, 'dim'),
    ]);
}

const MOST_LINKS = 200;

function neededBy({ neededBy: ids }: MonitorTask, model: MissionModel): Line[] {
  const lines = ids
    .slice(0, MOST_LINKS)
    .map((id, at): Line => [piece((at === 0 ? 'needed by' : '').padEnd(11), 'dim'), ...linked(id, model)]);
  return ids.length <= MOST_LINKS
    ? lines
    : [...lines, [piece(`${' '.repeat(11)}and ${counted(ids.length - MOST_LINKS, 'more', 'more')}`, 'dim')]];
}

function linked(id: string, model: MissionModel): Line {
  const state = model.task(id)?.state;
  return state === undefined ? [piece(id)] : [piece(id), piece(`  ${state}`, toneOf(state))];
}

/** What happened last, whichever task it was about. */
function happened({ recent }: MissionModel, width: number): Line[] {
  return recent.flatMap(({ task, text }) =>
    wrapped(`${task === undefined ? '' : `${task.label}  `}${text}`, width).map((line): Line => [piece(line)]),
  );
}
