import type { Engine } from '../../app/host/engine.ts';
import type { LogQueries } from '../../log/database.ts';

/** What there is to do, for whoever decides how many machines do it. */
export interface Queue {
  kind: 'Queue';
  /** How many, by state. */
  missions: Record<string, number>;
  /** Of open missions. */
  tasks: Record<string, number>;
  /** Tasks that wait for a person. */
  approvals: number;
  /** Tasks of open missions that are not settled and wait for nobody: what more machines would be of use for. */
  depth: number;
}

interface PoolDepth {
  /** Tasks in line. */
  waiting: number;
  /** Tasks that are being done. */
  leased: number;
  /** Workers that wait for a task. */
  idle: number;
}

const MISSION_STATES = ['planned', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'];

interface Count {
  state: string;
  count: number;
}

export function queueOf(db: LogQueries): Queue {
  const missions = db.all<Count>('SELECT state, count(*) AS count FROM mission GROUP BY state');
  const open = db.get<{ tasks: number }>(
    "SELECT coalesce(sum(tasks), 0) AS tasks FROM mission WHERE state IN ('planned', 'running')",
  );
  const seen = db.all<Count>(
    `SELECT task.state AS state, count(*) AS count FROM task JOIN mission ON mission.id = task.mission
     WHERE mission.state IN ('planned', 'running') GROUP BY task.state`,
  );
  const asked = db.get<{ count: number }>(
    `SELECT count(*) AS count FROM task JOIN mission ON mission.id = task.mission
     WHERE mission.state IN ('planned', 'running', 'waiting') AND task.state = 'waiting' AND task.approval = 'asked'`,
  );
  const tasks = byState(['waiting', 'running', 'succeeded', 'cached', 'failed', 'skipped', 'cancelled'], seen);
  // Tasks that have left no trace yet are waiting.
  const known = seen.reduce((sum, { count }) => sum + count, 0);
  tasks['waiting'] = (tasks['waiting'] ?? 0) + Math.max(0, (open?.tasks ?? 0) - known);
  const approvals = asked?.count ?? 0;
  const depth = Math.max(0, tasks['waiting'] + (tasks['running'] ?? 0) - approvals);
  return { kind: 'Queue', missions: byState(MISSION_STATES, missions), tasks, approvals, depth };
}

/** Of tasks that are done elsewhere, by pool. */
export function poolsOf({ loop, workers }: Pick<Engine, 'loop' | 'workers'>): Record<string, PoolDepth> {
  if (workers === undefined) return {};
  const { names, dispatch } = workers;
  return Object.fromEntries(
    names.map((name) => [name, { waiting: loop.queued(name), leased: dispatch.leased(name), idle: dispatch.idle(name) }]),
  );
}

function byState(states: readonly string[], counts: readonly Count[]): Record<string, number> {
  const found = new Map(counts.map(({ state, count }) => [state, count]));
  return Object.fromEntries(states.map((state) => [state, found.get(state) ?? 0]));
}
