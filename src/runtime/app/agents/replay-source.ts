import { NexusError } from '../../../base/errors.ts';
import { findMission, type MissionRow } from '../../mission/queries.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { type History, withHistory } from '../host/history.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import type { AgentSource } from './read-agent.ts';
import { agentOf } from '../host/roster.ts';
import { workspaceDir } from '../workspace.ts';
import { recordedTasks } from './recording-of.ts';

type Where = Pick<CallContext, 'cwd' | 'workspace'>;

/** The agent of a mission, with a model that says what it said then. Walls are as they are asked for now. Throws `NOT_FOUND`, `REPLAY_IMPOSSIBLE`. */
export function replaySource(
  mission: string,
  input: { bundle?: string | undefined; unsafeNoSandbox?: boolean | undefined },
  context: Where,
): Promise<AgentSource> {
  return inHistory(input, context, ({ log, workspace }) => {
    const row = findMission(log.db, mission);
    const source = agentOf(JSON.parse(row.settings) as MissionSettings, openContentStore(workspace.dir));
    if (source.name !== 'hosted') throw impossible(row, 'no agent with a model worked for it');
    return { ...source, unconfined: input.unsafeNoSandbox === true, replay: row.id };
  });
}

/** The mission that `--replay` names, and the input by which it is run again: what was done with a model is done anew. Throws as above. */
export function readReplay(
  input: ApplyInput & { replay: string },
  context: Where,
): Promise<{ recorded: MissionRow; input: ApplyInput }> {
  return inHistory(input, context, ({ log }) => {
    const recorded = findMission(log.db, input.replay);
    if (recorded.finished_at === null) throw impossible(recorded, 'it is not over');
    const tasks = recordedTasks(log, recorded.id);
    if (tasks.size === 0) throw impossible(recorded, 'nothing was asked of a model in it');
    return { recorded, input: { ...input, replay: recorded.id, force: [...new Set([...(input.force ?? []), ...tasks])] } };
  });
}

/** Throws `REPLAY_DIFFERS` where the mission came to another tree than the one that was recorded. */
export function compareReplay(recorded: MissionRow, head: string | null): string {
  if (recorded.head === head) return `The same tree as in mission ${recorded.id}: ${head ?? 'none'}.`;
  throw new NexusError('REPLAY_DIFFERS', `The recording of mission ${recorded.id} led to another tree this time.`, {
    hint: 'Something beside the models differs: the tools that agents or tests run, or a result that was taken from the cache then. `spec-kit explain` tells.',
    details: { mission: recorded.id, before: recorded.head, after: head },
  });
}

function inHistory<T>(
  { bundle }: { bundle?: string | undefined },
  { cwd, workspace }: Where,
  use: (history: History) => T,
): Promise<T> {
  const context = { cwd, ...(workspace === undefined ? {} : { workspace }) };
  return withHistory({ ...context, workspace: workspaceDir(context, bundle) }, use);
}

function impossible({ id }: MissionRow, why: string): NexusError {
  return new NexusError('REPLAY_IMPOSSIBLE', `Mission ${id} cannot be run again from a recording: ${why}.`, {
    hint: '`spec-kit missions` lists missions, `spec-kit logs MISSION` what happened in one.',
    details: { mission: id },
  });
}
