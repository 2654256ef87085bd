import type { MissionView, PlanView } from '../runtime/app/views.ts';
import { API_VERSION, documentText, eventText } from './document.ts';
import type { UiMode } from './progress/reporter.ts';
import { renderDetached } from './render/detached.ts';
import { type MissionOptions, renderMission } from './render/mission.ts';
import { renderPlanTree } from './render/plan-tree.ts';
import type { Screen } from './screen.ts';

export type ApplyResult = MissionView | PlanView;

/** What `apply` prints for programs at its end; undefined if people are to read it. */
export function applyDocument(view: ApplyResult, { ui, json }: { ui: UiMode; json: boolean }): string | undefined {
  if (ui !== 'json') return json ? documentText(view) : undefined;
  const data = { apiVersion: API_VERSION, ...view };
  return view.kind === 'Plan'
    ? eventText({ type: 'plan.made', data })
    : eventText({ type: view.detached === undefined ? 'mission.finished' : 'mission.detached', mission: view.id, data });
}

/** What `apply` prints for people at its end. */
export function renderApply(view: ApplyResult, screen: Screen, options: MissionOptions & { ui: UiMode }): string {
  if (view.kind === 'Plan') return renderPlanTree(view, screen);
  if (options.ui === 'silent' && applyExitCode(view, false) === 0) return '';
  if (view.detached !== undefined) return renderDetached(view, screen, options);
  return renderMission(view, screen, options);
}

/** How `apply` ends the process: `docs/cli.md`, "Exit codes". */
export function applyExitCode(view: ApplyResult, interrupted: boolean): number {
  if (view.kind === 'Plan' || view.state === 'succeeded' || view.detached !== undefined) return 0;
  if (view.state === 'failed') return 1;
  if (interrupted) return 130;
  if (view.state === 'cancelled') return 1;
  // One that goes on at a control plane (`--detach --remote`) was begun, which is all that was asked for.
  return view.state === 'waiting' ? 3 : 0;
}
