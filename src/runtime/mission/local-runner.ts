import { NexusError } from '../../base/errors.ts';
import type { Agent } from '../workspace/agent.ts';
import { runAgent } from './agent-attempt.ts';
import { runChecks } from './check-attempt.ts';
import { runGate } from './gate-attempt.ts';
import type { Attempt, AttemptResult, Runner } from './runner.ts';
import type { Workbench } from './workbench.ts';

/** Runs attempts in this process and its children. */
export function createLocalRunner(bench: Workbench): Runner {
  return {
    async run(attempts, signal) {
      const [first] = attempts;
      if (first === undefined) return [];
      if (first.task.ability === 'qa') return runChecks(attempts, bench, signal);
      return Promise.all(attempts.map((attempt) => runOne(attempt, bench, signal)));
    },
  };
}

async function runOne(attempt: Attempt, bench: Workbench, signal: AbortSignal): Promise<AttemptResult> {
  if (attempt.task.ability === 'gate') return runGate(attempt, bench);
  return runAgent(attempt, agentFor(attempt.task.ability, bench.agents), { bench, signal });
}

/** The first agent that can; `AGENT_UNAVAILABLE` if none can. */
export function agentFor(ability: Agent['abilities'][number], agents: readonly Agent[]): Agent {
  const agent = agents.find((each) => each.abilities.includes(ability));
  if (agent !== undefined) return agent;
  throw new NexusError('AGENT_UNAVAILABLE', `No agent here can do a task that needs the ability "${ability}".`, {
    hint: 'The embedded agent takes contracts, components and integrations; other tasks need a model-driven agent, which is not built yet.',
    details: { ability, agents: agents.map(({ name }) => name) },
  });
}
