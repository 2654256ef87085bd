import { messageOf, NexusError } from '../../../base/errors.ts';
import { counted } from '../../../base/text.ts';
import type { LogQueries } from '../../log/database.ts';
import { type Base, baseOf } from '../../mission/base.ts';
import { findMission, type MissionRow, resultRows, statementRows } from '../../mission/queries.ts';
import { branchMoved, branchMoving, branchRefused, resultCommitted } from '../../mission/records.ts';
import type { BranchSetting, MissionSettings } from '../../mission/settings.ts';
import type { Tree } from '../../vault/artifact.ts';
import type { BaseCommit } from '../../workspace/git/base-commit.ts';
import { branchValue, keepRef, moveBranch, resultRef, whyNotMoved } from '../../workspace/git/branches.ts';
import { UserRepository } from '../../workspace/git/user-repository.ts';
import { writeResult } from '../../workspace/git/write-result.ts';
import { readConfig } from '../config.ts';
import type { Engine } from './engine.ts';

/** Branches that missions make where nobody names one. */
const PREFIX = 'agentnexus/';

/**
 * The branch that the result goes to, and where it stands now: it is moved only if it is still there. Throws `BRANCH_REFUSED` for one that was asked for and
 * cannot be moved; where none was, a name that is free takes its place.
 */
export async function chooseBranch(
  { repository, commit }: BaseCommit,
  { branch, specification }: { branch: string | undefined; specification: string },
  db: LogQueries,
): Promise<BranchSetting> {
  const name = branch ?? `${PREFIX}${specification}`;
  const why = await whyNotMoved(repository, { branch: name, base: commit, ours: resultRows(db) });
  if (why !== undefined && branch === undefined) return { repository: repository.root, name, from: null, suffixed: true };
  if (why !== undefined) throw refused(name, why);
  return { repository: repository.root, name, from: (await branchValue(repository, name)) ?? null };
}

/**
 * Makes a commit of the product on top of the commit that the mission started from, keeps it under a ref of its own, and moves the branch to it, if that is where it
 * was when the mission began. Neither the working tree nor the index is touched. What was done before is not done again. Throws `BRANCH_MOVED`, `BRANCH_REFUSED`,
 * `REPOSITORY_FAILED`; the log has it then.
 */
export async function placeResult(mission: MissionRow, product: Tree, engine: Engine): Promise<MissionRow> {
  const { branch } = JSON.parse(mission.settings) as MissionSettings;
  const base = baseOf(mission, engine.store);
  if (branch === undefined || base === undefined) return mission;
  try {
    await place(mission, { product, base, branch }, engine);
  } catch (error) {
    if (error instanceof NexusError) await engine.log.append([branchRefused(mission.id, messageOf(error))]);
    throw error;
  }
  return findMission(engine.log.db, mission.id);
}

interface Placing {
  product: Tree;
  base: Base;
  branch: BranchSetting;
}

async function place(mission: MissionRow, { product, base, branch }: Placing, engine: Engine): Promise<void> {
  const { log } = engine;
  const repository = UserRepository.at(branch.repository, readConfig().git);
  const name = branch.suffixed === true ? `${branch.name}-${mission.id}` : branch.name;
  const ref = resultRef(mission.id);
  const commit = mission.result ?? (await write(mission, { repository, product, base }, engine));
  await keepRef(repository, ref, commit);
  if (mission.result === null) await log.append([resultCommitted(mission.id, { commit, ref, base: base.record.commit })]);
  if (mission.branch === name) return;
  const ours = resultRows(log.db);
  const why = await whyNotMoved(repository, { branch: name, base: base.record.commit, ours });
  const at = await branchValue(repository, name);
  if (at !== commit && why !== undefined && at === (branch.from ?? undefined)) throw refused(name, why, ref);
  // What an earlier mission has put there stays reachable, whoever has removed its ref.
  const earlier = branch.from === null ? undefined : ours.get(branch.from);
  if (earlier !== undefined && branch.from !== null) await keepRef(repository, resultRef(earlier), branch.from);
  await log.append([branchMoving(mission.id, { branch: name, from: branch.from, to: commit })]);
  await moveBranch(repository, { branch: name, from: branch.from ?? undefined, to: commit, kept: ref });
  await log.append([branchMoved(mission.id, { branch: name, from: branch.from, to: commit })]);
}

async function write(
  mission: MissionRow,
  { repository, product, base }: { repository: UserRepository; product: Tree; base: Base },
  { store, log, workspace }: Engine,
): Promise<string> {
  const files = base
    .changedIn(product)
    .map(({ path, digest, executable = false }) => ({ path, content: store.pathOf(digest), executable }));
  const removed = base.goneFrom(product).map(({ path }) => path);
  const { size = 0, rootHash = '' } = log.checkpoint() ?? {};
  const statements = statementRows(log.db, mission.id).length;
  const message = [
    `${mission.objective.split('\n', 1)[0]}`,
    '',
    `${counted(files.length, 'file')} changed, ${removed.length} removed; the gate passed it over ${counted(statements, 'signed statement')}.`,
    '',
    `AgentNexus-Mission: ${mission.id}`,
    `AgentNexus-Tree: ${mission.head ?? ''}`,
    `AgentNexus-Checkpoint: ${size} ${rootHash}`,
    `AgentNexus-Evidence: spec-kit evidence export ${mission.id}`,
    '',
  ].join('\n');
  const at = Date.parse(mission.finished_at ?? mission.last_at);
  return writeResult(repository, { base: base.record.commit, files, removed, message, at }, workspace.scratch);
}

function refused(branch: string, why: string, kept?: string): NexusError {
  return new NexusError('BRANCH_REFUSED', `The branch ${branch} ${why}.`, {
    hint:
      kept === undefined
        ? 'Name another with `--branch`, or check out another one there first. Nothing was run.'
        : `The result is kept: \`git log ${kept}\` shows it. Apply again with another \`--branch\`.`,
    details: { branch, ...(kept === undefined ? {} : { ref: kept }) },
  });
}
