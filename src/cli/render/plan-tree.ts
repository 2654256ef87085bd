import { counted, listed } from '../../base/text.ts';
import type { PlannedTask, PlanView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';
import { countedDiagnostics } from './diagnostics.ts';

/** Needs shown under a task; assembling and the gate need everything. */
const MOST_NEEDS = 6;

/** The plan as people read it: milestones, their tasks, and why each runs and waits. */
export function renderPlanTree(view: PlanView, screen: Screen): string {
  const { paint } = screen;
  const { title, dialect } = view.specification;
  const groups = Map.groupBy(view.tasks, (task) => task.milestone);
  const body = [...groups].map(([name, tasks]) => milestone(name, tasks, screen)).join('\n');
  const heading = `${paint.bold(title)} (${dialect})\n\n`;
  return `${heading}${body}\n${summary(view)}`;
}

function milestone(name: string, tasks: readonly PlannedTask[], screen: Screen): string {
  const branches = tasks.map((task, index) => branch(task, screen, index === tasks.length - 1));
  return `${screen.paint.bold(oneLine(name) || 'Tasks')}\n${branches.join('')}`;
}

function branch(task: PlannedTask, { paint }: Screen, isLast: boolean): string {
  const mark = task.cached ? paint.green('cached') : paint.yellow('run   ');
  const title = task.title === task.id ? '' : `  ${oneLine(task.title)}`;
  const stem = isLast ? '   ' : '│  ';
  const leaves = [...needLines(task), ...(task.reason === '' ? [] : [`reason: ${oneLine(task.reason)}`])];
  const tail = leaves.map((leaf) => `${paint.dim(`${stem}       ${leaf}`)}\n`).join('');
  return `${isLast ? '└─' : '├─'} ${mark} ${task.id}${title}\n${tail}`;
}

function needLines({ needs }: PlannedTask): string[] {
  const shown = needs.slice(0, needs.length > MOST_NEEDS ? MOST_NEEDS - 1 : MOST_NEEDS);
  const lines = shown.map(({ task, because }) => `needs ${task}: ${oneLine(because)}`);
  return shown.length === needs.length
    ? lines
    : [...lines, `needs ${counted(needs.length - shown.length, 'more task', 'more tasks')}`];
}

function summary({ summary: { total, cached, run }, diagnostics }: PlanView): string {
  const parts = [counted(run, 'to run', 'to run'), ...(cached > 0 ? [counted(cached, 'cached', 'cached')] : [])];
  return `${counted(total, 'task')}: ${listed(parts)}; ${countedDiagnostics(diagnostics)}\n`;
}
