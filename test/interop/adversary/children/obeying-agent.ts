/** An agent that speaks ACP, and obeys. */
import { Readable, Writable } from 'node:stream';

import { agent, type AgentContext, methods, ndJsonStream, type RequestPermissionRequest } from '@agentclientprotocol/sdk';

import type { Order } from '../order.ts';
import { note, orderFor, runScript } from './obey.ts';

agent({ name: 'obeying' })
  .onRequest(methods.agent.initialize, () => ({ protocolVersion: 1, agentCapabilities: {} }))
  .onRequest(methods.agent.session.new, () => ({ sessionId: 's1' }))
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [first] = params.prompt;
    const { chapter, order } = orderFor(first?.type === 'text' ? first.text : '');
    await obey(order, { chapter, client });
    return { stopReason: 'end_turn' };
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>));

async function obey(order: Order, { chapter, client }: { chapter: number; client: AgentContext }): Promise<void> {
  if ('run' in order) return runScript(chapter, order.run);
  if ('call' in order) throw new Error('only models call tools');
  if ('request' in order) {
    const answer = await client
      .request(order.request, { sessionId: 's1', ...order.params })
      .then((given) => JSON.stringify(given))
      .catch((error: unknown) => `refused: ${String(error)}`);
    return note(chapter, answer);
  }
  const options = [
    { optionId: 'always', name: 'Always', kind: 'allow_always' as const },
    { optionId: 'yes', name: 'Yes', kind: 'allow_once' as const },
    { optionId: 'no', name: 'No', kind: 'reject_once' as const },
  ];
  const toolCall = { toolCallId: 't1', title: 'something harmless', ...order.ask };
  const asked: RequestPermissionRequest = { sessionId: 's1', toolCall, options };
  const { outcome } = await client.request(methods.client.session.requestPermission, asked);
  const answer = outcome.outcome === 'selected' ? outcome.optionId : outcome.outcome;
  if (order.anyhow === undefined) return note(chapter, `answer: ${answer}`);
  runScript(chapter, `echo 'answer: ${answer}'\n${order.anyhow}`);
}
