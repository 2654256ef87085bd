import type { MissionListView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';
import { painted } from './state.ts';
import { between, moment } from '../../base/times.ts';

export function renderMissions({ items, next }: MissionListView, screen: Screen): string {
  if (items.length === 0) return 'There is no such mission; `spec-kit apply BUNDLE` starts one.\n';
  const columns = [
    { title: 'mission', keep: true },
    { title: 'state', paint: (text: string) => painted(text, screen.paint), keep: true },
    { title: 'started' },
    { title: 'time' },
    { title: 'specification' },
    { title: 'waits' },
  ];
  const rows = items.map((item) => [
    item.id,
    item.state,
    moment(item.startedAt),
    between(item.startedAt, item.finishedAt),
    item.specification.title,
    item.reason ?? '',
  ]);
  const waits = items.some(({ reason }) => reason !== null);
  const more = next === null ? '' : `There are more: --after ${next}\n`;
  return (waits ? table(columns, rows, screen) : table(columns.slice(0, -1), rows, screen)) + more;
}
