import { timestamp } from '../../base/clock.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import type { AgentLifecycleEvent } from '../../base/generated/agent-lifecycle-event.ts';
import { compareText } from '../../base/text.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { AgentEvent, Chronicle } from '../policy/agent-event.ts';
import { type Artifact, type Change, changeDigest, type Tree } from '../vault/artifact.ts';
import { artifactRemoved } from '../vault/records.ts';
import { type Agent, agentIdOf, type AgentResult, type Brief, type OutputFile } from '../workspace/agent.ts';
import { briefFrom } from '../workspace/brief.ts';
import { productPathsFault } from '../workspace/product-path.ts';
import { secretLeft } from '../workspace/secrets/secret-left.ts';
import { writeScope } from '../workspace/write-scope.ts';
import { agentEvent } from './agent-records.ts';
import type { Base } from './base.ts';
import { recordProvenance } from './evidence.ts';
import { isSame } from './integration.ts';
import { recordRun } from './record-run.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import type { Workbench } from './workbench.ts';

/**
 * One attempt by an agent: perform, hold what it left against what the task may write, store, sign. Nothing of an attempt that
 * stepped out of its scope is kept.
 */
export async function runAgent(
  attempt: Attempt,
  agent: Agent,
  { bench, signal }: { bench: Workbench; signal: AbortSignal },
): Promise<AttemptResult> {
  const result = await perform(attempt, agent, { bench, signal });
  const reason = result.outcome === 'done' ? 'done' : result.reason;
  const closing = [lifecycleRecord(attempt, agent, { lifecycle: 'retired', reason, transcript: result.transcript })];
  const besides = { closing, ...(result.usage === undefined ? {} : { usage: result.usage }) };
  if (result.outcome === 'lost') return { outcome: 'lost', reason, evidence: [], closing };
  const failed = async (why: string, outcome: 'failed' | 'refused'): Promise<AttemptResult> => {
    const evidence = await recordRun(attempt, { agent, result, outcome, bench });
    return { outcome: 'failed', reason: why, evidence, ...besides };
  };
  if (result.outcome === 'failed') return failed(reason, 'failed');
  const removed = [...new Set(result.removed ?? [])].sort(compareText);
  const fault = scopeFault(attempt, result.files, removed) ?? secretLeft(result.files, bench.redactor);
  if (fault !== undefined) return failed(fault, 'refused');
  const tree = ownOf(attempt, await keep(result.files, bench));
  const run = await recordRun(attempt, { agent, result, outcome: 'accepted', tree, removed, bench });
  const provenance = await recordProvenance(attempt, tree, {
    notary: bench,
    agent: { name: agent.name, version: agent.versionFor(attempt.task) },
    conditions: result.conditions,
    transcript: result.transcript,
    run: run[0],
    finishedAt: timestamp(bench.clock),
  });
  const place = { mission: attempt.mission, task: attempt.task.id };
  const evidence = [...run, ...provenance, ...removed.map((path) => artifactRemoved(place, path))];
  const output = outputOf(attempt, { files: tree, removed });
  return { outcome: 'succeeded', tree, ...(removed.length > 0 && { removed }), output, evidence, ...besides };
}

/** The record that an agent is given to an attempt, under what profile and with what. */
export function agentSpawned(attempt: Attempt, agent: Agent): EntryDraft {
  return lifecycleRecord(attempt, agent, { lifecycle: 'spawned' });
}

/** What was there before any task, and still is, was made by nobody here. */
function ownOf({ base, tree }: Attempt, files: Tree): Tree {
  if (base === undefined || !files.some((file) => base.has(file))) return files;
  const there = new Map(tree().map((file) => [file.path, file]));
  return files.filter((file) => !isSame(there.get(file.path), file));
}

/**
 * What dependents see. A task of the source may look at every file below it, so what it hands on stands for those too: else a task behind it would
 * not run again when one of them changes.
 */
function outputOf({ task, inputs }: Attempt, change: Change): Digest {
  const left = changeDigest(change);
  return task.kind === 'work' ? digestOf({ below: Object.fromEntries(inputs), left }) : left;
}

/** Whoever was at it has gone: nothing is known of what it has used or said. */
interface Loss {
  outcome: 'lost';
  reason: string;
  usage?: never;
  transcript?: never;
}

async function perform(
  attempt: Attempt,
  agent: Agent,
  { bench, signal }: { bench: Workbench; signal: AbortSignal },
): Promise<AgentResult | Loss> {
  const { chronicle, close } = closable(attempt.chronicle);
  try {
    return await agent.perform(briefOf(attempt, bench), signal, chronicle);
  } catch (error) {
    if (error instanceof NexusError && error.code === 'WORKER_LOST') return { outcome: 'lost', reason: error.message };
    const reason = `Agent ${agent.name} broke: ${messageOf(error)}`;
    // No attempt would find room: the mission stops, and goes on when there is some.
    if (!(error instanceof NexusError) || error.code !== 'WORKSPACE_FULL') return { outcome: 'failed', reason };
    await chronicle(lifecycleOf(agent, attempt, { lifecycle: 'retired', reason }));
    throw error;
  } finally {
    close();
  }
}

function briefOf({ mission, task, number: attempt, needs, tree, feedback }: Attempt, { store }: Workbench): Brief {
  return briefFrom({ mission, task, attempt, needs, tree, ...(feedback !== undefined && { feedback }) }, store);
}

/** Nobody writes of an attempt that is over: what its agent has left running could. */
function closable(chronicle: Chronicle): { chronicle: Chronicle; close: () => void } {
  let closed = false;
  return {
    chronicle: async (event) => {
      if (closed) throw new RangeError('the attempt is over');
      await chronicle(event);
    },
    close: () => {
      closed = true;
    },
  };
}

interface LifecycleFacts {
  lifecycle: AgentLifecycleEvent['lifecycle'];
  reason?: string;
  transcript?: Digest | undefined;
}

function lifecycleRecord(attempt: Attempt, agent: Agent, facts: LifecycleFacts): EntryDraft {
  const { mission, task, number } = attempt;
  const identity = { mission, task: task.id, title: task.title, kind: task.kind };
  return agentEvent(identity, { attempt: number, event: lifecycleOf(agent, attempt, facts) });
}

function lifecycleOf(agent: Agent, { task, number }: Attempt, { lifecycle, ...facts }: LifecycleFacts): AgentEvent {
  const { energy = 0, sandbox } = agent.grantFor?.(task) ?? {};
  const agentId = agentIdOf(agent.name, { task, attempt: number });
  return {
    kind: 'agent.lifecycle',
    event: { agentId, capabilityProfile: task.profile, energyBudget: energy, lifecycle },
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.transcript === undefined ? {} : { transcript: facts.transcript }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/**
 * Why the files cannot be accepted: paths that leave the product or clash, that the task was not given to write, or that it says are gone and were never
 * there. What a task of the source names is what it is about, and no limit: nobody who lists tasks lists every file.
 */
function scopeFault(attempt: Attempt, files: readonly OutputFile[], removed: readonly string[]): string | undefined {
  const { task, base } = attempt;
  const fault =
    productPathsFault(files.map(({ path }) => path)) ?? removalFault(attempt, files, removed) ?? fixedFault(base, files);
  if (fault !== undefined) return fault;
  if (task.kind === 'work') return undefined;
  const mayWrite = writeScope(task.writes);
  const stray = [...files.map(({ path }) => path), ...removed].find((path) => !mayWrite(path));
  return stray && `Wrote ${stray}, outside of its scope (${task.writes.join(', ')}).`;
}

/** Links and submodules of the commit stay as they are. */
function fixedFault(base: Base | undefined, files: readonly OutputFile[]): string | undefined {
  const fixed = files.map(({ path }) => base?.fixed(path)).find((path) => path !== undefined);
  return fixed && `Wrote ${fixed}, which no agent sees of the commit that the mission starts from, and which stays as it is.`;
}

function removalFault({ tree }: Attempt, files: readonly OutputFile[], removed: readonly string[]): string | undefined {
  if (removed.length === 0) return undefined;
  const there = new Set(tree().map(({ path }) => path));
  const written = new Set(files.map(({ path }) => path));
  const stray = removed.find((path) => !there.has(path) || written.has(path));
  if (stray === undefined) return undefined;
  return there.has(stray) ? `Wrote ${stray}, and removed it.` : `Removed ${stray}, which is not there.`;
}

async function keep(files: readonly OutputFile[], bench: Workbench): Promise<Tree> {
  if (files.length === 0) return [];
  const contents = files.map(({ content }) => Buffer.from(content));
  const digests = await bench.store.putMany(contents);
  return files
    .map(({ path, type, executable }, at): Artifact => {
      const [digest, content] = [digests[at], contents[at]];
      if (digest === undefined || content === undefined) throw new RangeError('the store lost a file');
      return { path, digest, size: content.length, type, ...(executable === true && { executable }) };
    })
    .sort((a, b) => compareText(a.path, b.path));
}
