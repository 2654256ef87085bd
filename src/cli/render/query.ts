import type { QueryView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';

export function renderQuery({ columns, rows, truncated }: QueryView, screen: Screen, format: 'table' | 'csv'): string {
  if (format === 'csv') return [columns, ...rows].map(csvLine).join('');
  const cells = rows.map((row) => row.map((value) => (value === null ? '' : String(value))));
  const more = truncated ? screen.paint.dim('There are more rows: raise --limit.\n') : '';
  return table(
    columns.map((title) => ({ title })),
    cells,
    screen,
  ).concat(more);
}

/** RFC 4180. */
function csvLine(row: readonly (string | number | null)[]): string {
  return `${row.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
