import { oneLine } from '../printable.ts';
import type { StatusView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';
import { type MissionOptions, renderFailures, renderMissionFacts } from './mission.ts';
import { renderMilestones } from './milestones.ts';
import { painted } from './state.ts';
import { between } from '../../base/times.ts';

export function renderStatus(view: StatusView, screen: Screen, options: MissionOptions): string {
  const { paint } = screen;
  const head = `${paint.bold(oneLine(view.specification.title))}: ${painted(view.state, paint)}\n`;
  return `${head}${renderMissionFacts(view, screen, options)}${renderMilestones(view, screen)}${tasks(view, screen)}${renderFailures(view, screen)}`;
}

function tasks({ items }: StatusView, screen: Screen): string {
  if (items.length === 0) return '';
  const columns = [
    { title: 'state', paint: (text: string) => painted(text, screen.paint), keep: true },
    { title: 'task', keep: true },
    { title: 'time', keep: true },
    { title: 'title' },
    { title: 'waits' },
  ];
  const rows = items.map((item) => [
    item.state,
    item.id,
    between(item.startedAt, item.finishedAt),
    item.title,
    item.state === 'waiting' ? (item.reason ?? '') : '',
  ]);
  const waits = rows.some((row) => row.at(-1) !== '');
  return `\n${table(waits ? columns : columns.slice(0, -1), rows, screen)}`;
}
