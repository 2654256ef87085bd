import { timestamp } from '../../base/clock.ts';
import type { Tree } from '../vault/artifact.ts';
import { agentRun, type Chronicled, ChronicleFold, type RunOutcome } from '../vault/agent-run.ts';
import type { Agent, AgentResult } from '../workspace/agent.ts';
import { sealed, type StatementDraft } from './evidence.ts';
import type { Attempt } from './runner.ts';
import type { Workbench } from './workbench.ts';

interface Run {
  agent: Agent;
  result: AgentResult;
  outcome: RunOutcome;
  /** What is kept of what it left. */
  tree?: Tree;
  removed?: readonly string[];
  bench: Pick<Workbench, 'log' | 'store' | 'signer' | 'clock'>;
}

/**
 * Signs what an agent did in an attempt that has come to an end, whatever end: what failed has cost something too. Of an agent that is part of this program, and
 * did nothing but what its version and the task decide, provenance says all.
 */
export async function recordRun(attempt: Attempt, run: Run): Promise<StatementDraft[]> {
  const { agent, result, outcome, tree = [], removed = [], bench } = run;
  const { conditions, transcript, usage = {} } = result;
  const steps = await attempt.steps();
  if (steps.length === 0 && conditions === undefined && transcript === undefined) return [];
  const { mission, task, number, startedAt } = attempt;
  const { sandbox, replayOf } = agent.grantFor?.(task) ?? {};
  const statement = agentRun({
    ...chronicled(steps, bench),
    outputs: tree,
    removed,
    transcript,
    mission,
    task: task.id,
    attempt: number,
    agent: { name: agent.name, version: agent.versionFor(task) },
    profile: { name: task.profile, digest: conditions?.profile },
    brief: conditions?.brief,
    sandbox,
    replayOf,
    usage,
    outcome,
    startedOn: startedAt,
    finishedOn: timestamp(bench.clock),
  });
  // Every attempt has a name of its own: what one of them has cost is not hidden by the next.
  return statement === undefined ? [] : [await sealed(attempt, { name: `run-${number}`, statement, notary: bench })];
}

/** Entries are read this many at a time. */
const PAGE = 500;

function chronicled(steps: readonly number[], { log }: Pick<Workbench, 'log'>): Chronicled {
  const fold = new ChronicleFold();
  for (let at = 0; at < steps.length; at += PAGE) {
    for (const entry of log.entriesAt(steps.slice(at, at + PAGE))) fold.add(entry);
  }
  return fold.result();
}
