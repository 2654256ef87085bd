import type { ApprovalListView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';

/** Each with what it asks in full: nobody can say yes to what is cut off. */
export function renderApprovals({ items }: ApprovalListView, { paint }: Screen): string {
  if (items.length === 0) return 'Nothing waits for a person.\n';
  const blocks = items.map(({ mission, task, title, question, asks, agent, expires }) => {
    const which = question === null ? '' : ` --question ${question}`;
    const lines = [
      `${task}  ${title}`,
      `  asks     ${asks}`,
      ...(agent === null ? [] : [`  agent    ${agent}`]),
      `  until    ${expires ?? 'somebody answers'}`,
      `  yes      ${paint.cyan(`spec-kit approve ${mission} ${task}${which}`)}`,
      `  no       ${paint.cyan(`spec-kit reject ${mission} ${task}${which}`)}`,
    ];
    return `${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}
