import { counted } from '../../base/text.ts';
import type { GraphView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';

/** Level by level: whatever stands in one needs nothing of the same or a later one. */
export function renderGraph({ specification, tasks }: GraphView, screen: Screen): string {
  const { paint } = screen;
  const levels = [...Map.groupBy(tasks, ({ level }) => level)].toSorted(([a], [b]) => a - b);
  const head = `${paint.bold(oneLine(specification.title))}: ${counted(tasks.length, 'task')} in ${counted(levels.length, 'level')}\n`;
  const rows = levels.flatMap(([level, members]) =>
    members.map(({ id, title, needs }) => [String(level), id, title, needs.map(({ task }) => task).join(', ')]),
  );
  const columns = [{ title: 'level', keep: true }, { title: 'task', keep: true }, { title: 'title' }, { title: 'needs' }];
  return `${head}\n${table(columns, rows, screen)}`;
}
