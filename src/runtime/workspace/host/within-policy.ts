import type { Decision } from '../../policy/action.ts';
import { decide } from '../../policy/decide.ts';
import type { MissionPolicy } from '../../policy/mission-policy.ts';
import { type Agent, agentIdOf } from '../agent.ts';

/**
 * An agent that has no profile of its own, as the policy of the mission leaves it: one file that the policy does not let anybody write fails the attempt,
 * and the log says so.
 */
export function withinPolicy(inner: Agent, policy: MissionPolicy | undefined): Agent {
  if (policy === undefined) return inner;
  return {
    ...inner,
    async perform(brief, signal, chronicle) {
      const result = await inner.perform(brief, signal, chronicle);
      if (result.outcome === 'failed') return result;
      for (const path of [...result.files.map((file) => file.path), ...(result.removed ?? [])]) {
        const decision = writing(path, policy);
        if (decision === undefined) continue;
        const agent = agentIdOf(inner.name, brief);
        await chronicle({ kind: 'agent.decision', agent, action: { kind: 'write', path }, decision });
        const reason = `It changed ${path}, which the mission's policy does not let it write (${decision.rule}).`;
        return { outcome: 'failed', reason, ...(result.usage === undefined ? {} : { usage: result.usage }) };
      }
      return result;
    },
  };
}

/** The denial, if it is one. */
function writing(path: string, { layers }: MissionPolicy): Decision | undefined {
  for (const { bounds } of layers) {
    const { verdict, rule } = decide(bounds, { kind: 'write', path });
    if (verdict !== 'allow') return { verdict: 'deny', rule };
  }
  return undefined;
}
