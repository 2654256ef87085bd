import { counted } from '../../base/text.ts';
import type { Desk } from '../dialect.ts';
import type { LineAccount } from '../line-account.ts';
import { lineText } from '../source-text.ts';

/**
 * The last word on a file: lines that nobody has spoken for are headings or prose, and checkboxes that nobody has taken are
 * named, each run of neighbours once.
 */
export function settleRest(account: LineAccount, { diagnostics }: Desk, why = 'in a place where it is no task'): void {
  const { path, lineCount } = account.source;
  for (let line = 1; line <= lineCount; line++) {
    if (!account.isUnspoken(line)) continue;
    account.mark({ line, endLine: line }, /^\s{0,3}#{1,6}\s/.test(lineText(account.source, line)) ? 'heading' : 'prose');
  }
  for (const { line, count } of runsOf(account.openCheckboxes())) {
    for (let at = line; at < line + count; at++) account.settleCheckbox(at, 'diagnostic');
    const column = lineText(account.source, line).indexOf('[') + 1;
    const message =
      count === 1
        ? `This checkbox is ${why}.`
        : `These ${counted(count, 'checkbox', 'checkboxes')} are ${why.replace('it is', 'they are')}.`;
    diagnostics.report(
      'SPEC_CHECKBOX_IGNORED',
      { file: path, line, column },
      { message, hint: 'Make it a bullet of its own among the tasks.' },
    );
  }
}

/** Stretches of lines that follow each other. */
function runsOf(lines: readonly number[]): { line: number; count: number }[] {
  const runs: { line: number; count: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last !== undefined && last.line + last.count === line) last.count += 1;
    else runs.push({ line, count: 1 });
  }
  return runs;
}
