import { keepBase } from '../mission/base.ts';
import type { MissionPolicy } from '../policy/mission-policy.ts';
import type { BaseCommit } from '../workspace/git/base-commit.ts';
import { findBase } from './base.ts';
import type { Engine } from './engine.ts';
import type { Order, ReadOrder } from './host.ts';
import { keepPolicy, policyFor, refuseProfiles } from './mission-policy.ts';
import type { ApplyInput, CallContext } from './operations.ts';
import { withOwnTicks } from './own-ticks.ts';
import { checkPrompt } from './read-prompt.ts';
import { type AgentSource, keepAgent, openRoster, readAgent, type Roster } from './roster.ts';
import { judgingBy, type QaTerms, qaTerms } from './qa-terms.ts';
import type { BranchSetting } from '../mission/settings.ts';
import { missionSettings } from './settings.ts';
import { type KeylessChoice, keepSigning, readSigning, signedRoster } from './signing-settings.ts';
import { readSpecification, type ReadSpecification, select } from './specification.ts';

/** An order of what has been read by now. */
export async function orderOf(
  { specification, graph, origin, roster, agent, base, policy, qa, signing }: Readied,
  input: ApplyInput,
  { store, log }: Pick<Engine, 'store' | 'log'>,
): Promise<Order> {
  if (qa !== undefined) await store.putMany(qa.contents);
  const chosen = base && (await branchFor(base, { branch: input.branch, specification: specification.id }, log.db));
  return {
    specification,
    graph,
    roster,
    settings: {
      ...missionSettings(input, graph),
      ...(await keepAgent(agent, store)),
      ...(await keepPolicy(policy, store)),
      ...(await keepSigning(signing, store)),
      ...(chosen && { branch: chosen }),
      ...(qa && { qa: qa.setting }),
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

/** All that an order is made of. */
export type Readied = ReadSpecification & {
  roster: Roster;
  agent: AgentSource;
  base: BaseCommit | undefined;
  policy: MissionPolicy | undefined;
  qa: QaTerms | undefined;
  signing: KeylessChoice | undefined;
};

/** Reads a bundle for another process, where that process stands. */
export const readOrder: ReadOrder = async ({ input, cwd, workspace }, engine) => {
  const context: CallContext = { cwd, workspace };
  if (input.mission !== undefined) await checkPrompt(input.mission, 'The request');
  const agent = await readAgent(input, context);
  const qa = await qaTerms({ bundle: input.bundle, agent }, context);
  const signing = await readSigning(input, context);
  const read = await readSpecification(input, context);
  const policy = await policyFor(input, read, context);
  const judged = judgingBy(await openRoster(agent, { dir: workspace, policy }), qa?.setting);
  const roster = signedRoster(judged, signing?.services);
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, base: input.base, roster }, context), input);
  const base = await findBase(graph, input, context);
  refuseProfiles(graph, policy);
  return orderOf({ ...read, graph, roster, agent, base, policy, qa, signing }, input, engine);
};
