import { counted } from '../../base/text.ts';
import type { Desk } from '../dialect.ts';
import type { LineAccount } from '../line-account.ts';

/**
 * Passes over a file that tells agents or people about the project and states no task: its lines are prose, its checkboxes are named
 * in one diagnostic. `why` says what the file is: `is guidance for agents`.
 */
export function passOver(account: LineAccount, { diagnostics }: Desk, why = 'tells of the specification'): void {
  const { path, lineCount } = account.source;
  if (lineCount === 0) return;
  account.mark({ line: 1, endLine: lineCount }, 'prose');
  const boxes = account.openCheckboxes();
  for (const line of boxes) account.settleCheckbox(line, 'diagnostic');
  const first = boxes[0] ?? 1;
  const held = boxes.length === 0 ? '' : `; its ${counted(boxes.length, 'checkbox', 'checkboxes')} are no tasks`;
  const message = `${path} ${why}, and is not read as specification${held}.`;
  const hint = 'Move what is specification into the files of the specification.';
  diagnostics.report('SPEC_CONTEXT_FILE', { file: path, line: first, column: 1 }, { message, hint });
}
