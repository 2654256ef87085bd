import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { isErrorCode } from '../../../base/error-codes.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import { type DetachedProcess, startDetached } from '../../workspace/start-detached.ts';
import { withHistory } from './history.ts';
import { missionView } from '../inspect/missions.ts';
import { findMission } from '../../mission/queries.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import { newRequestId } from './via-writer.ts';
import type { MissionView } from '../views.ts';
import { openWorkspace } from '../workspace.ts';

/** Milliseconds between two looks at what the process has said. */
const PACE = 50;

/**
 * Has the mission run by a process of its own, and returns when it has begun. That process does what `apply` does, also where another one holds the
 * workspace, and tells of it in a file; what ends it before there is a mission is thrown here.
 */
export async function detach({ bundle }: ApplyInput, context: CallContext): Promise<MissionView> {
  const { again } = context;
  if (again === undefined) {
    throw new NexusError('USAGE', 'Only a command can be put into the background.', { hint: 'Leave `detach` out.' });
  }
  const workspace = openWorkspace(context, bundle);
  const log = join(workspace.dir, 'runs', `${newRequestId()}.jsonl`);
  const started = await startDetached(again, { output: log, cwd: context.cwd });
  const mission = await begun(started, log, context);
  started.release();
  return withHistory({ ...context, workspace: workspace.dir }, (history) => ({
    ...missionView(findMission(history.log.db, mission), history),
    detached: { pid: started.pid, log },
  }));
}

async function begun(started: DetachedProcess, log: string, { drain }: CallContext): Promise<string> {
  for (;;) {
    // Asked before reading: what it said last is then in the file.
    const end = started.ended();
    for (const { type, data } of eventsIn(log)) {
      const mission = type === 'mission.finished' ? data['id'] : data['mission'];
      if (type.startsWith('mission.') && typeof mission === 'string') return mission;
      if (type === 'error') throw errorIn(data);
    }
    if (end !== undefined) throw died(started, log, end);
    if (drain?.aborted === true) throw leftAlone(started, log);
    await wait(PACE);
  }
}

/** CloudEvents, one a line; what else stands there is for people. The last line may not be whole yet. */
function* eventsIn(log: string): Generator<{ type: string; data: JsonObject }> {
  for (const line of readFileSync(log, 'utf8').split('\n').slice(0, -1)) {
    const event = parsedJson(line);
    if (!isJsonObject(event) || typeof event['type'] !== 'string' || !isJsonObject(event['data'])) continue;
    yield { type: event['type'].replace(/^dev\.agentnexus\./, ''), data: event['data'] };
  }
}

function errorIn({ code, message, hint, details }: JsonObject): NexusError {
  return new NexusError(isErrorCode(code) ? code : 'INTERNAL', typeof message === 'string' ? message : 'It failed.', {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(isJsonObject(details) ? { details } : {}),
  });
}

function died(
  { pid }: DetachedProcess,
  log: string,
  { code, signal }: { code: number | null; signal: string | null },
): NexusError {
  return new NexusError('MISSION_FAILED', `Process ${pid} ended (${signal ?? `exit code ${code}`}) before there was a mission.`, {
    hint: `What it printed stands in ${log}; without --detach it is shown here.`,
    details: { pid, log },
  });
}

function leftAlone({ pid }: DetachedProcess, log: string): NexusError {
  return new NexusError('INTERRUPTED', `Process ${pid} goes on in the background.`, {
    hint: `It tells what it does in ${log}; \`spec-kit missions\` shows its mission.`,
    details: { pid, log },
  });
}
