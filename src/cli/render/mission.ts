import { relative } from 'node:path';

import { counted, grouped, listed } from '../../base/text.ts';
import type { MissionView, StatusView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { countedDiagnostics, renderCoverage } from './diagnostics.ts';
import { indented, renderFacts } from './facts.ts';
import { painted } from './state.ts';
import { between, duration } from '../../base/times.ts';
import { renderTicks } from './ticks.ts';

export interface MissionOptions {
  cwd: string;
  /** `--workspace` and `--remote` as given, to be repeated in the commands that are proposed. */
  workspace?: string | undefined;
  remote?: string | undefined;
}

type Mission = Omit<MissionView, 'kind'>;

/** How a mission ended, and what to do next. */
export function renderMission(view: MissionView, screen: Screen, options: MissionOptions): string {
  const blocks = [
    headline(view, screen),
    renderMissionFacts(view, screen, options),
    renderFailures(view, screen),
    renderTicks(view, screen),
    next(view, screen, options),
  ];
  return blocks.join('');
}

function headline(view: MissionView, { paint }: Screen): string {
  const { title } = view.specification;
  if (view.unchanged === true && view.state === 'succeeded') {
    return `${paint.green('Nothing to do')}: ${paint.bold(title)} is up to date.\n`;
  }
  const time = between(view.startedAt, view.finishedAt);
  return `${paint.bold(title)}: mission ${painted(view.state, paint)}${time === '' ? '' : ` in ${time}`}\n`;
}

export function renderMissionFacts(view: Mission | StatusView, screen: Screen, { cwd }: MissionOptions): string {
  const { gate, checkpoint } = view;
  return renderFacts(
    [
      ['mission', view.id],
      ['source', sourceOf(view)],
      ['tasks', taskCounts(view)],
      ['waits', view.state === 'waiting' ? (view.reason ?? 'it was stopped') : ''],
      ['used', usedOf(view)],
      ['gate', [painted(gate.result, screen.paint), ...gate.reasons].join('\n')],
      ['tree', view.head ?? ''],
      ['checkpoint', checkpoint.size === 0 ? '' : `${counted(checkpoint.size, 'entry', 'entries')}, root ${checkpoint.rootHash}`],
      ['base', view.base === null ? '' : `${view.base.commit.slice(0, 12)}, ${counted(view.base.files, 'file')}`],
      ['result', resultOf(view)],
      ['product', view.output === null ? '' : nearPath(view.output, cwd)],
    ],
    screen,
  );
}

/** Where the result is in the user's repository. */
function resultOf({ result }: Mission | StatusView): string {
  if (result === null) return '';
  const { commit, branch, ref, reason } = result;
  const place = branch === null ? `not on a branch: ${reason ?? 'not moved yet'}` : `on branch ${branch}`;
  return [`${commit.slice(0, 12)} ${place}`, ref].join('\n');
}

/** What became of the source's lines, and how much there is to say about them. */
function sourceOf(view: Mission | StatusView): string {
  if (!('coverage' in view) || view.coverage === undefined) return '';
  const problems = view.diagnostics === undefined || view.diagnostics.length === 0 ? [] : [countedDiagnostics(view.diagnostics)];
  return [renderCoverage(view.coverage).trimEnd(), ...problems].join('\n');
}

/** What agents have used, and of how much; nothing where nothing was. */
function usedOf({ spent, budget }: Mission): string {
  const amounts = [
    ['tokens', grouped(spent.tokens), budget?.tokens === undefined ? undefined : grouped(budget.tokens)],
    ['money', `$${spent.money.toFixed(2)}`, budget?.money === undefined ? undefined : `$${budget.money}`],
    ['energy', `${spent.energy}`, budget?.energy],
    ['wall', duration(spent.wall), budget?.wall === undefined ? undefined : duration(budget.wall)],
    ['attempts', grouped(spent.attempts), budget?.attempts],
  ] as const;
  const shown = amounts.filter(
    ([name, , limit]) => limit !== undefined || (spent[name] > 0 && name !== 'wall' && name !== 'attempts'),
  );
  return listed(shown.map(([name, amount, limit]) => `${name} ${amount}${limit === undefined ? '' : ` of ${limit}`}`));
}

/** `43: 40 run, 3 cached`. */
function taskCounts({ tasks: { total, succeeded, cached, failed, running, waiting, skipped, cancelled } }: Mission): string {
  const counts = [
    [succeeded, 'run'],
    [cached, 'cached'],
    [failed, 'failed'],
    [running, 'running'],
    [waiting, 'waiting'],
    [skipped, 'skipped'],
    [cancelled, 'cancelled'],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`);
  return [grouped(total), listed(parts)].filter((part) => part !== '').join(': ');
}

export function renderFailures({ failures }: Mission, { paint }: Screen): string {
  if (failures.length === 0) return '';
  const lines = failures.map(({ task, reason }) => `  ${paint.red(task)}\n    ${indented(reason, 4)}\n`);
  return `\nFailed:\n${lines.join('')}`;
}

function next(view: MissionView, { paint }: Screen, { workspace, remote }: MissionOptions): string {
  const place = Object.entries({ workspace, remote })
    .flatMap(([flag, value]) => (value === undefined ? [] : [` --${flag} ${value}`]))
    .join('');
  const commands = commandsAfter(view).map((command) => `  ${paint.cyan(`spec-kit ${command}${place}`)}\n`);
  return commands.length === 0 ? '' : `\nNext:\n${commands.join('')}`;
}

function commandsAfter({ state, id, failures, approvals, unchanged }: MissionView): string[] {
  if (state === 'succeeded') return unchanged === true ? [] : ['verify', 'evidence export --out evidence'];
  const [asked] = approvals;
  if (state === 'waiting')
    return asked === undefined
      ? [`resume ${id}`]
      : [`approve ${id} ${asked.task}${asked.question === undefined ? '' : ` --question ${asked.question}`}`, `resume ${id}`];
  const [failed] = failures;
  if (failed !== undefined) return [`logs ${id} ${failed.task}`, `explain ${id} ${failed.task}`, `retry ${id}`];
  return [`status ${id}`];
}

/** A path as people would type it here: relative if it lies below the working folder. */
export function nearPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === '' ? '.' : near.startsWith('..') || near.length > path.length ? path : near;
}
