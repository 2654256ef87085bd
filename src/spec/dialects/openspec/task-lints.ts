import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { TaskGroup } from './task-groups.ts';

/** Tasks whose number begins with that of another group: whoever refers to `2.1` by its group will not find it. */
export function reportNumbers(groups: readonly TaskGroup[], { source }: LineAccount, { diagnostics }: Desk): void {
  for (const { number, tasks, numbered } of groups) {
    if (number === undefined || !numbered) continue;
    for (const { head, line, column } of tasks) {
      const first = /^(\d{1,4})\./.exec(head.id ?? '')?.[1];
      if (first === undefined || Number(first) === Number(number)) continue;
      const message = `The task \`${head.id ?? ''}\` stands in group ${number}.`;
      diagnostics.report(
        'OPENSPEC_TASK_NUMBER',
        { file: source.path, line, column },
        { message, hint: `Move it to group ${first}, or number it \`${number}.…\`.` },
      );
    }
  }
}

/** Bullets that begin with a number as tasks do, and have no box. */
export function reportUnmarked(
  bullets: readonly { id: string; line: number }[],
  { source }: LineAccount,
  { diagnostics }: Desk,
): void {
  for (const { id, line } of bullets) {
    const message = `\`${id}\` has no checkbox, and is no task.`;
    diagnostics.report(
      'SPEC_TASK_UNMARKED',
      { file: source.path, line, column: 1 },
      { message, hint: 'Begin the line with `- [ ]` if it is one.' },
    );
  }
}
