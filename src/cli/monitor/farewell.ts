import type { Screen } from '../screen.ts';
import type { MissionModel } from './model/mission-model.ts';
import type { MonitorTask } from './model/monitor-task.ts';

/** Failed tasks that are told of, and lines of each. */
const TASKS = 8;
const LINES = 20;

/** Said elsewhere when a mission ends: why it failed. */
const SAID: ReadonlySet<string> = new Set(['task.failed', 'task.escalated']);

/** What stays in the terminal of the tasks that failed: the last of what the log says they did. */
export function farewell(model: MissionModel, { paint }: Screen): string {
  return [...model.inState('failed')]
    .slice(0, TASKS)
    .map((task) => lastLines(task))
    .filter(({ lines }) => lines.length > 0)
    .map(({ task, lines }) => `${paint.red(task.label)} did last:\n${lines.map((line) => `  ${line}\n`).join('')}`)
    .join('\n');
}

function lastLines(task: MonitorTask): { task: MonitorTask; lines: string[] } {
  const items = task.log.filter(({ kind }) => !SAID.has(kind)).slice(-LINES);
  const lines = items.flatMap(({ at, kind, text }) => `${at.slice(11, 19)} ${kind}  ${text}`.trimEnd().split('\n'));
  return { task, lines: lines.slice(-LINES) };
}
