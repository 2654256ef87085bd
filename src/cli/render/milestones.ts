import type { StatusView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';
import { painted } from './state.ts';

const WIDTH = 12;

/** The milestones as barriers: how far each is, one behind the other. */
export function renderMilestones({ milestones }: Pick<StatusView, 'milestones'>, screen: Screen): string {
  if (milestones.length === 0) return '';
  const columns = [
    { title: 'milestone' },
    { title: 'settled', keep: true },
    { title: '', keep: true },
    { title: 'state', paint: (text: string) => painted(text, screen.paint), keep: true },
  ];
  const rows = milestones.map(({ title, total, settled, state }) => [title, `${settled}/${total}`, bar(settled / total), state]);
  return `\n${table(columns, rows, screen)}`;
}

/** Full only when all is settled. */
function bar(share: number): string {
  const full = Math.floor(share * WIDTH);
  return `${'━'.repeat(full)}${'┄'.repeat(WIDTH - full)}┃`;
}
