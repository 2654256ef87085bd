import { counted, listed } from '../../base/text.ts';
import type { FsckView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { indented } from './facts.ts';
import { painted } from './state.ts';

export function renderFsck(view: FsckView, { paint }: Screen): string {
  const counts = [
    counted(view.entries, 'entry', 'entries'),
    counted(view.tiles, 'tile'),
    counted(view.checkpoints, 'checkpoint'),
  ];
  const faults = view.faults.map(
    ({ subject, code, message }) => `  ${paint.red(subject)}  ${code}\n    ${indented(message, 4)}\n`,
  );
  const last = counted(view.unsigned, 'entry', 'entries');
  const unsigned =
    view.unsigned === 0 ? '' : `  the last ${last} not signed yet: by the writer at work, or else by the next one\n`;
  return `ledger: ${painted(view.result, paint)}, ${listed(counts)} read\n${unsigned}${faults.join('')}`;
}
