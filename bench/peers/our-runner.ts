import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AT_ONCE, type Runner, type Shape, tasksOf, timed } from './task-runners.ts';

export interface OurRunner extends Runner {
  again: () => number;
  /** Changes what the last task leaves behind: the next run is another mission. */
  change(text: string): void;
}

/** `apply` of a task-master file, its tasks done by the script agent, each as `task` says; without a sandbox. */
export function startOurs(shape: Shape, { cli, ...task }: { cli: string; run?: string[] }): OurRunner {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ours-'));
  mkdirSync(join(folder, 'bundle'));
  writeFileSync(join(folder, 'bundle', 'tasks.json'), JSON.stringify({ master: { tasks: entriesOf(shape) } }));
  // A mission without a product fails at its gate: the last task leaves a file.
  const change = (text: string): void => {
    const last = { [shape.chains * shape.length]: { ...task, writes: { 'done.txt': text } } };
    writeFileSync(join(folder, 'script.json'), JSON.stringify({ version: 1, tasks: last, default: task }));
  };
  const command = [
    process.execPath,
    cli,
    'apply',
    'bundle',
    '--agent',
    'script:script.json',
    '--workspace',
    'workspace',
  ] as const;
  const again = (): number => timed([...command, '--jobs', AT_ONCE, '--ui', 'silent'], folder);
  const cold = (): number => {
    rmSync(join(folder, 'workspace'), { recursive: true, force: true });
    return again();
  };
  change('done\n');
  return { cold, again, change, close: () => rmSync(folder, { recursive: true, force: true }) };
}

function entriesOf(shape: Shape): object[] {
  const numbers = new Map(tasksOf(shape).map(({ name }, index) => [name, index + 1]));
  return tasksOf(shape).map(({ name, need }, index) => ({
    id: index + 1,
    title: name,
    description: '',
    status: 'pending',
    priority: 'medium',
    dependencies: need === undefined ? [] : [numbers.get(need)],
    subtasks: [],
  }));
}
