import type { MissionView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { type MissionOptions, nearPath, renderMissionFacts } from './mission.ts';

/** A mission that has begun in another process, and how to keep an eye on it. */
export function renderDetached(view: MissionView, screen: Screen, options: MissionOptions): string {
  const { paint } = screen;
  const { pid = 0, log = '' } = view.detached ?? {};
  const place = options.workspace === undefined ? '' : ` --workspace ${options.workspace}`;
  const next = [`logs ${view.id} --follow`, `status ${view.id}`, `cancel ${view.id}`];
  return [
    `${paint.bold(view.specification.title)}: mission begun in the background, process ${pid}, events in ${nearPath(log, options.cwd)}\n`,
    renderMissionFacts(view, screen, options),
    `\nNext:\n${next.map((command) => `  ${paint.cyan(`spec-kit ${command}${place}`)}\n`).join('')}`,
  ].join('');
}
