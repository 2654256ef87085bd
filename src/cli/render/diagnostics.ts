import { counted, grouped, listed } from '../../base/text.ts';
import type { Diagnostic, Severity } from '../../spec/diagnostics.ts';
import type { Coverage } from '../../spec/model.ts';
import { oneLine } from '../printable.ts';
import type { Paint, Screen } from '../screen.ts';

const PAINT: Record<Severity, keyof Paint> = { error: 'red', warning: 'yellow', info: 'cyan' };

/** `file:line:column: severity CODE message`, each with its hint below. `locate` turns a bundle's file into one the reader can open. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  screen: Screen,
  { locate = (file) => file }: { locate?: (file: string) => string } = {},
): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, screen, locate)).join('');
}

function renderDiagnostic(diagnostic: Diagnostic, { paint }: Screen, locate: (file: string) => string): string {
  const { severity, code, message, hint, file, line, column } = diagnostic;
  const place = paint.bold(`${oneLine(locate(file))}:${line}:${column}:`);
  const head = `${place} ${paint[PAINT[severity]](severity)} ${code} ${oneLine(message)}\n`;
  return hint === '' ? head : `${head}  ${paint.dim('hint:')} ${oneLine(hint)}\n`;
}

/** `2 errors and 1 warning`, or `no problems`. */
export function countedDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): number => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const counts = [
    [count('error'), 'error', 'errors'],
    [count('warning'), 'warning', 'warnings'],
    [count('info'), 'note', 'notes'],
  ] as const;
  const parts = counts.filter(([number]) => number > 0).map(([number, one, many]) => counted(number, one, many));
  return parts.length === 0 ? 'no problems' : listed(parts);
}

/** What the source's lines became: `120 source lines: 80 elements, 12 prose, …`. */
export function renderCoverage(coverage: Coverage): string {
  const parts = [
    [coverage.elementLines, `in ${counted(coverage.elements, 'element')}`],
    [coverage.headings, 'headings'],
    [coverage.prose, 'prose'],
    [coverage.documents, 'documents'],
    [coverage.blank, 'blank'],
    [coverage.notUnderstood, 'not understood'],
  ] as const;
  const lines = parts.filter(([number]) => number > 0).map(([number, what]) => `${grouped(number)} ${what}`);
  const boxes =
    coverage.checkboxes === 0
      ? ''
      : `; ${coverage.checkboxesAccounted} of ${counted(coverage.checkboxes, 'checkbox', 'checkboxes')} accounted for`;
  const unread = coverage.unreadableFiles === 0 ? '' : `; ${counted(coverage.unreadableFiles, 'file')} not read`;
  return `${counted(coverage.sourceLines, 'source line')}: ${lines.join(', ')}${boxes}${unread}\n`;
}
