import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { LOG_FILE } from '../../log/log.ts';
import { latestMissionOf, missionOfInputs, standingTasks } from '../../mission/queries.ts';
import type { Reading } from '../../mission/records.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { withHistory } from '../host/history.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import type { Source } from '../source/open-source.ts';
import { readNotes, type ReadingNotes } from '../source/reading.ts';
import type { MissionView } from '../views.ts';
import { workspaceDir } from '../workspace.ts';
import { findBase } from './base-commit.ts';
import { localOf, type MissionTerms } from './mission-terms.ts';
import { areStored, stillStands, unchangedView } from './still-stands.ts';

interface Known {
  source: Source;
  terms: MissionTerms;
  /** Of these, see `readingInputs`. */
  inputs: Reading['inputs'] | undefined;
}

/**
 * What `unchangedMission` would find, without reading the specification: the log knows which mission was made of just these inputs, and which results its tasks
 * have left. Undefined wherever that is not so, or something else is asked for than a look at the whole.
 */
export async function knownMission(
  { source, terms, inputs }: Known,
  input: ApplyInput,
  context: CallContext,
): Promise<(MissionView & ReadingNotes) | undefined> {
  const workspace = workspaceDir(context, input.bundle);
  if (inputs === undefined || asksForMore(input) || !existsSync(join(workspace, LOG_FILE))) return undefined;
  return withHistory({ ...context, workspace }, async (history) => {
    const { db } = history.log;
    const last = missionOfInputs(db, inputs);
    if (last === undefined || latestMissionOf(db, last.specification)?.id !== last.id) return undefined;
    const tasks = standingTasks(db, last);
    if (tasks === undefined) return undefined;
    const base = await findBase({ tasks }, input, { ...context, config: localOf(source.config) });
    if (!stillStands(last, { base, release: terms.release, scan: terms.scan, branch: input.branch }, history)) return undefined;
    const store = openContentStore(history.workspace.dir);
    if (!areStored(tasks, store)) return undefined;
    const notes = notesOf(last, store);
    return notes && { ...unchangedView(last, history), ...notes };
  });
}

/** Whoever names a mission wants one of that name; the lock and the boxes are held against what the specification says. */
function asksForMore({ force = [], mission, replay, dryRun = false, locked = false, tick = false }: ApplyInput): boolean {
  return force.length > 0 || mission !== undefined || replay !== undefined || dryRun || locked || tick;
}

/** What is kept can be removed, and be damaged: then it is read again. */
function notesOf({ reading }: { reading: Reading['notes'] | null }, store: ContentStore): ReadingNotes | undefined {
  try {
    return reading === null ? undefined : readNotes(reading, store);
  } catch (error) {
    if (error instanceof NexusError) return undefined;
    throw error;
  }
}
