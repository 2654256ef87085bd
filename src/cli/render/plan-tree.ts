import { counted, listed } from '../../base/text.ts';
import type { PlannedTask, PlanView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Paint, Screen } from '../screen.ts';
import { countedDiagnostics } from './diagnostics.ts';

/** Needs shown under a task; assembling and the gate need everything. */
const MOST_NEEDS = 6;

/** The plan as people read it: milestones, their tasks, and why each runs and waits. */
export function renderPlanTree(view: PlanView, screen: Screen): string {
  return [...planTreeParts(view, screen)].join('');
}

/** The text of `renderPlanTree` in parts. */
export function* planTreeParts(view: PlanView, screen: Screen): Generator<string> {
  const { title, dialect } = view.specification;
  yield `${screen.paint.bold(title)} (${dialect})\n\n`;
  const groups = Map.groupBy(view.tasks, (task) => task.milestone);
  for (const [name, tasks] of groups) yield* milestone(name, tasks, screen);
  yield `${base(view)}${summary(view)}${agents(view)}${requirements(view)}${boxes(view)}`;
}

/** Tasks that are one part. */
const TASKS = 100;

function* milestone(name: string, tasks: readonly PlannedTask[], screen: Screen): Generator<string> {
  yield `${screen.paint.bold(oneLine(name) || 'Tasks')}\n`;
  const last = tasks.at(-1);
  for (let at = 0; at < tasks.length; at += TASKS)
    yield tasks
      .slice(at, at + TASKS)
      .map((task) => branch(task, screen, task === last))
      .join('');
  yield '\n';
}

function branch(task: PlannedTask, { paint }: Screen, isLast: boolean): string {
  const mark = markOf(task, paint);
  const title = task.title === task.id ? '' : `  ${oneLine(task.title)}`;
  const stem = isLast ? '   ' : '│  ';
  const leaves = [...needLines(task), ...agentLine(task), ...(task.reason === '' ? [] : [`reason: ${oneLine(task.reason)}`])];
  const tail = leaves.map((leaf) => `${paint.dim(`${stem}       ${leaf}`)}\n`).join('');
  return `${isLast ? '└─' : '├─'} ${mark} ${task.id}${title}\n${tail}`;
}

function markOf({ status, cached }: PlannedTask, paint: Paint): string {
  if (status === 'done') return paint.green('done  ');
  if (status === 'cancelled') return paint.dim('off   ');
  return cached ? paint.green('cached') : paint.yellow('run   ');
}

/** Who would do it; that checks check is in their name. */
function agentLine(task: PlannedTask): string[] {
  if (!isToRun(task) || CHECKS.has(task.agent)) return [];
  return [`agent: ${task.able ? oneLine(task.agent) : 'needs one with a model'}`];
}

const CHECKS: ReadonlySet<string> = new Set(['qa', 'gate']);

const isToRun = ({ agent, cached }: PlannedTask): boolean => agent !== 'none' && !cached;

/** Who would run how much of it, and what nobody here does. */
function agents({ tasks }: PlanView): string {
  const toRun = tasks.filter(isToRun);
  const able = Map.groupBy(
    toRun.filter((task) => task.able),
    ({ agent }) => agent,
  );
  const parts = [...able].map(([agent, own]) => `${oneLine(agent)} ${own.length}`);
  const unable = toRun.filter((task) => !task.able).length;
  return [
    ...(parts.length > 0 ? [`agents: ${parts.join(', ')}\n`] : []),
    ...(unable > 0
      ? [
          `  ${counted(unable, 'task needs', 'tasks need')} an agent with a model, and none here does: \`--agent NAME\` (\`spec-kit agents list\`)\n`,
        ]
      : []),
  ].join('');
}

function needLines({ needs }: PlannedTask): string[] {
  const shown = needs.slice(0, needs.length > MOST_NEEDS ? MOST_NEEDS - 1 : MOST_NEEDS);
  const lines = shown.map(({ task, because }) => `needs ${task}: ${oneLine(because)}`);
  return shown.length === needs.length
    ? lines
    : [...lines, `needs ${counted(needs.length - shown.length, 'more task', 'more tasks')}`];
}

function summary({ summary: { total, cached, run, done }, diagnostics }: PlanView): string {
  const parts = [
    counted(run, 'to run', 'to run'),
    ...(cached > 0 ? [counted(cached, 'cached', 'cached')] : []),
    ...(done > 0 ? [counted(done, 'settled in the source', 'settled in the source')] : []),
  ];
  return `${counted(total, 'task')}: ${listed(parts)}; ${countedDiagnostics(diagnostics)}\n`;
}

/** What agents would start from, and what of it they would not see. */
function base({ base: from }: PlanView): string {
  if (from === null) return '';
  const unseen = from.notSeen.slice(0, MOST_UNSEEN).map(({ path, why }) => `  not seen by agents: ${oneLine(path)} ${why}\n`);
  const rest = from.leftOut - unseen.length;
  const more = rest > 0 ? `  and ${rest} more\n` : '';
  return `starts from ${counted(from.files, 'file')} of commit ${from.commit.slice(0, 12)}\n${unseen.join('')}${more}`;
}

const MOST_UNSEEN = 5;

/** Ids shown of requirements without a task, and of tasks without a requirement. */
const MOST_IDS = 5;

function requirements({ requirements: { total, covered, uncovered, tasksWithout } }: PlanView): string {
  if (total === 0) return '';
  const lines = [
    `${covered} of ${counted(total, 'requirement')} covered by tasks\n`,
    ...(uncovered.length > 0 ? [`  without a task: ${few(uncovered)}\n`] : []),
    ...(tasksWithout.length > 0
      ? [`  ${counted(tasksWithout.length, 'task')} without a requirement: ${few(tasksWithout)}\n`]
      : []),
  ];
  return lines.join('');
}

function few(ids: readonly string[]): string {
  const shown = ids.slice(0, ids.length > MOST_IDS ? MOST_IDS - 1 : MOST_IDS).map(oneLine);
  return shown.length === ids.length ? listed(shown) : `${shown.join(', ')} and ${ids.length - shown.length} more`;
}

function boxes({ coverage: { checkboxes, checkboxesAccounted, boxes: became } }: PlanView): string {
  if (checkboxes === 0) return '';
  const parts = [
    [became.task, 'task', 'tasks'],
    [became.subTask, 'sub-task', 'sub-tasks'],
    [became.criterion, 'criterion', 'criteria'],
    [became.diagnostic, 'named in a diagnostic', 'named in diagnostics'],
    [checkboxes - checkboxesAccounted, 'lost', 'lost'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, one, many]) => counted(count, one, many));
  return `${counted(checkboxes, 'checkbox', 'checkboxes')} = ${shown.join(' + ')}\n`;
}
