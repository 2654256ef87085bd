import { keepBase } from '../../mission/base.ts';
import type { BaseCommit } from '../../workspace/git/base-commit.ts';
import type { Reading } from '../../mission/records.ts';
import { findBase } from '../apply/base-commit.ts';
import type { Engine } from './engine.ts';
import { hire } from './hire.ts';
import type { Order, ReadOrder } from './host.ts';
import { keepPolicy } from '../policies/kept-policy.ts';
import { refuseProfiles } from '../../policy/mission-policy.ts';
import { localOf, type MissionTerms, missionTerms } from '../apply/mission-terms.ts';
import { openSource } from '../source/open-source.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import { withOwnTicks } from '../source/own-ticks.ts';
import { checkPrompt } from '../source/read-prompt.ts';
import { keepReading, readingInputs } from '../source/reading.ts';
import { keepAgent, type Roster } from './roster.ts';
import type { BranchSetting } from '../../mission/settings.ts';
import { keepReleasePolicy } from '../policies/release-policy.ts';
import { missionSettings } from '../settings.ts';
import { keepSigning } from '../ledger/signing-settings.ts';
import { readSpecification, type ReadSpecification, select } from '../source/specification.ts';

/** An order of what has been read by now. */
export async function orderOf(
  { specification, graph, origin, own, inputs, roster, agent, base, policy, release, qa, scan, signing }: Readied,
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
      ...(await keepReleasePolicy(release, store)),
      ...(await keepSigning(signing, store)),
      ...(chosen && { branch: chosen }),
      ...(qa && { qa: qa.setting }),
      ...(scan && { scan }),
    },
    base: base && (await keepBase(base, store, log.db)),
    force: input.force ?? [],
    priority: input.mission?.priority ?? input.priority ?? 'P1',
    originatingSpec: origin,
    prompt: input.mission,
    // What was ticked here is in the graph because of what the log says, and not of the source alone.
    reading: own === undefined ? await keepReading(inputs, specification, store) : undefined,
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
export type Readied = ReadSpecification &
  MissionTerms & { inputs: Reading['inputs'] | undefined; roster: Roster; base: BaseCommit | undefined };

/** Reads a bundle for another process, where that process stands. */
export const readOrder: ReadOrder = async ({ input, cwd, workspace }, engine) => {
  const context: CallContext = { cwd, workspace };
  if (input.mission !== undefined) await checkPrompt(input.mission, 'The request');
  const source = await openSource(input, context);
  const terms = await missionTerms(input, source, context);
  const inputs = readingInputs({ source, terms }, input);
  const read = await readSpecification(input, source, context);
  const roster = await hire({ ...terms, services: terms.signing?.services }, workspace);
  const local = { ...context, config: localOf(source.config) };
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, base: input.base, roster }, local), input);
  const base = await findBase(graph, input, local);
  refuseProfiles(graph, terms.policy);
  return orderOf({ ...read, ...terms, inputs, roster, graph, base }, input, engine);
};
