import { agent, type AgentApp, methods, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';

import { messageOf } from '../../../../base/errors.ts';
import { PRODUCT_VERSION } from '../../../../base/version.ts';
import type { Agent, AgentResult, Brief, OutputFile } from '../../agent.ts';

/** An agent of ours as the protocol's other side: it does its task when it is told to, and hands its files over one by one. */
export function playedBy(
  inner: Agent,
  brief: Brief,
  signal: AbortSignal,
): { app: AgentApp; result: () => AgentResult | undefined } {
  let result: AgentResult | undefined;
  const app = agent({ name: inner.name })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: inner.name, version: PRODUCT_VERSION },
      agentCapabilities: {},
    }))
    .onRequest(methods.agent.session.new, () => ({ sessionId: SESSION }))
    .onNotification(methods.agent.session.cancel, () => undefined)
    .onRequest(methods.agent.session.prompt, async ({ client }) => {
      result = await attempted(inner, brief, signal);
      if (result.outcome === 'failed') return { stopReason: 'refusal' };
      for (const file of result.files) await client.request(methods.client.fs.writeTextFile, asked(file));
      return { stopReason: 'end_turn' };
    });
  return { app, result: () => result };
}

const SESSION = 'attempt';

const asked = ({ path, content, type }: OutputFile) => ({
  sessionId: SESSION,
  path: `/${path}`,
  content: typeof content === 'string' ? content : Buffer.from(content).toString('utf8'),
  _meta: { type },
});

/** What it throws is a defect of ours, and fails the attempt as it would any agent's. */
async function attempted(inner: Agent, brief: Brief, signal: AbortSignal): Promise<AgentResult> {
  try {
    return await inner.perform(brief, signal, async () => undefined);
  } catch (error) {
    return { outcome: 'failed', reason: `Agent ${inner.name} broke: ${messageOf(error)}` };
  }
}
