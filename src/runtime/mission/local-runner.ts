import type { Agent } from '../workspace/agent.ts';
import { agentSpawned, runAgent } from './agent-attempt.ts';
import { runChecks } from './check-attempt.ts';
import { runGate } from './gate-attempt.ts';
import type { Attempt, AttemptResult, Runner } from './runner.ts';
import { benchOf, type Workbench } from './workbench.ts';

/** Runs attempts in this process and its children. */
export function createLocalRunner(bench: Workbench): Runner {
  return {
    opening(attempt) {
      const agent = agentFor(attempt, bench);
      return agent === undefined ? [] : [agentSpawned(attempt, agent)];
    },
    async run(attempts, signal) {
      const [first] = attempts;
      if (first === undefined) return [];
      if (first.task.ability === 'qa') return runChecks(attempts, bench, signal);
      return Promise.all(attempts.map((attempt) => runOne(attempt, bench, signal)));
    },
  };
}

async function runOne(attempt: Attempt, shared: Workbench, signal: AbortSignal): Promise<AttemptResult> {
  const bench = benchOf(shared, attempt);
  if (attempt.task.ability === 'gate') return runGate(attempt, bench);
  const agent = agentFor(attempt, bench);
  if (agent === undefined) return { outcome: 'failed', reason: NO_AGENT, evidence: [] };
  return runAgent(attempt, agent, { bench, signal });
}

function agentFor({ mission, task }: Attempt, bench: Workbench): Agent | undefined {
  return task.ability === 'gate' || task.ability === 'qa' ? undefined : bench.agentFor(mission, task);
}

/** A task that nobody here can do has failed, and says so: it is never pretended done. */
const NO_AGENT =
  'It needs an agent with a model, and none is available here; the embedded agent builds contracts and interfaces only.';
