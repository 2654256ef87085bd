import { keepBase } from '../mission/base.ts';
import type { BaseCommit } from '../workspace/git/base-commit.ts';
import { findBase } from './base.ts';
import type { Engine } from './engine.ts';
import type { Order, ReadOrder } from './host.ts';
import type { ApplyInput, CallContext } from './operations.ts';
import { withOwnTicks } from './own-ticks.ts';
import { checkPrompt } from './read-prompt.ts';
import { type AgentSource, keepAgent, openRoster, readAgent, type Roster } from './roster.ts';
import type { BranchSetting } from '../mission/settings.ts';
import { findReleasePolicy, keepReleasePolicy, type ReleaseSource } from './release-policy.ts';
import { missionSettings } from './settings.ts';
import { readSpecification, type ReadSpecification, select } from './specification.ts';

/** An order of what has been read by now. */
export async function orderOf(
  { specification, graph, origin, roster, agent, base, release }: Readied,
  input: ApplyInput,
  { store, log }: Pick<Engine, 'store' | 'log'>,
): Promise<Order> {
  const chosen = base && (await branchFor(base, { branch: input.branch, specification: specification.id }, log.db));
  return {
    specification,
    graph,
    roster,
    settings: {
      ...missionSettings(input, graph),
      ...(await keepAgent(agent, store)),
      ...(await keepReleasePolicy(release, store)),
      ...(chosen && { branch: chosen }),
    },
    base: base && (await keepBase(base, store, log.db)),
    force: input.force ?? [],
    priority: input.mission?.priority ?? input.priority ?? 'P1',
    originatingSpec: origin,
    prompt: input.mission,
  };
}

/** Git is for missions that start from a commit. */
async function branchFor(
  base: BaseCommit,
  wanted: { branch: string | undefined; specification: string },
  db: Engine['log']['db'],
): Promise<BranchSetting> {
  const { chooseBranch } = await import('./branch.ts');
  return chooseBranch(base, wanted, db);
}

export type Readied = ReadSpecification & {
  roster: Roster;
  agent: AgentSource;
  base: BaseCommit | undefined;
  release: ReleaseSource | undefined;
};

/** Reads a bundle for another process, where that process stands. */
export const readOrder: ReadOrder = async ({ input, cwd, workspace }, engine) => {
  const context: CallContext = { cwd, workspace };
  if (input.mission !== undefined) await checkPrompt(input.mission, 'The request');
  const agent = await readAgent(input, context);
  const roster = await openRoster(agent, workspace);
  const read = await readSpecification(input, context);
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, base: input.base, roster }, context), input);
  const base = await findBase(graph, input, context);
  const release = await findReleasePolicy(input, context);
  return orderOf({ ...read, graph, roster, agent, base, release }, input, engine);
};
