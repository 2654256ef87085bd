import type { MissionStanding } from '../../../runtime/report/standing/standing.ts';
import { oneLine } from '../../printable.ts';

/** A mission as it stands. What is shown of it has no control characters. */
export interface MonitorMission extends Pick<MissionStanding, 'state' | 'budget' | 'spent' | 'wall'> {
  readonly id: string;
  readonly title: string;
  reason: string | undefined;
  priority: string;
  gate: MissionStanding['gate']['result'];
  gateReasons: string[];
  /** Where this session at work began, and its last sign of life: milliseconds since 1970. */
  sessionAt: number | undefined;
  lastAt: number | undefined;
}

export function monitorMission(
  { id, title }: Pick<MonitorMission, 'id' | 'title'>,
  { state, budget, spent, wall, reason, priority, gate, sessionAt }: MissionStanding,
): MonitorMission {
  return {
    id,
    title,
    state,
    budget,
    spent,
    wall,
    reason: reason === null ? undefined : oneLine(reason),
    priority: oneLine(priority),
    gate: gate.result,
    gateReasons: gate.reasons.map(oneLine),
    sessionAt: sessionAt ?? undefined,
    lastAt: undefined,
  };
}
