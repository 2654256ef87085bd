import {
  type AgentApp,
  agent,
  type AgentContext,
  methods,
  PROTOCOL_VERSION,
  type PromptResponse,
  type RequestPermissionRequest,
  RequestError,
} from '@agentclientprotocol/sdk';

import { ticks } from '../../../base/clock.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { Ids } from '../../../base/ids.ts';
import type { Decision } from '../../policy/action.ts';
import { type AgentSession, newSession, promptText } from './agent-session.ts';
import type { Pace } from './ask-patiently.ts';
import type { ToolCall } from './conversation.ts';
import { INSTRUCTIONS } from './instructions.ts';
import type { LoopEnd } from './loop-event.ts';
import { OWN_AGENT } from './own-agent.ts';
import { runLoop } from './run-loop.ts';
import { described, updateOf } from './session-updates.ts';
import type { Plan } from './tools/tool.ts';
import type { Wire } from './wire.ts';

export interface ModelAgentOptions {
  wire: Wire;
  model: string;
  /** The whole environment of what the model runs: nothing by which a model is reached. */
  env: Readonly<Record<string, string>>;
  sleep: Pace['sleep'];
  ids: Ids;
}

/** The only mode: before anything is written or run, the client is asked. */
const ASK = 'ask';

/** Beyond JSON-RPC's own codes: the work has failed, and the message says why. */
const FAILED = -32_050;

/** Our own agent as the Agent Client Protocol sees it: sessions with a model that reads, writes, edits and runs. */
export function modelAgent(options: ModelAgentOptions): AgentApp {
  const sessions = new Map<string, AgentSession>();
  const find = (id: string): AgentSession => {
    const session = sessions.get(id);
    if (session === undefined) throw RequestError.resourceNotFound(id);
    return session;
  };
  return agent({ name: OWN_AGENT })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: OWN_AGENT, version: PRODUCT_VERSION },
      agentCapabilities: {
        loadSession: false,
        promptCapabilities: { embeddedContext: true },
        mcpCapabilities: { http: true, sse: false },
      },
      authMethods: [],
    }))
    .onRequest(methods.agent.session.new, async ({ params }) => {
      const sessionId = options.ids.uuid();
      sessions.set(sessionId, await newSession(params));
      return {
        sessionId,
        modes: { currentModeId: ASK, availableModes: [{ id: ASK, name: 'Ask before each change and command' }] },
      };
    })
    .onRequest(methods.agent.session.setMode, ({ params }) => {
      if (params.modeId !== ASK) throw RequestError.invalidParams({ modeId: params.modeId });
      return {};
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client, signal }) => {
      const session = find(params.sessionId);
      if (session.stop !== undefined) throw RequestError.invalidRequest(undefined, 'the session is at work already');
      session.turns.push({ role: 'user', text: promptText(params.prompt) });
      return prompt(session, { ...options, client, signal, sessionId: params.sessionId });
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => sessions.get(params.sessionId)?.stop?.abort());
}

interface Prompting extends ModelAgentOptions {
  client: AgentContext;
  signal: AbortSignal;
  sessionId: string;
}

async function prompt(session: AgentSession, options: Prompting): Promise<PromptResponse> {
  const stop = (session.stop = new AbortController());
  const { root, tools, limits } = session;
  const until = ticks() + limits.wallMs;
  const timeout = AbortSignal.timeout(Math.min(limits.wallMs, 2 ** 31 - 1));
  try {
    const end = await runLoop(session.turns, {
      ...options,
      instructions: INSTRUCTIONS,
      tools,
      limits,
      bench: { root, env: options.env, signal: AbortSignal.any([stop.signal, options.signal, timeout]) },
      pace: { sleep: options.sleep, remainingMs: () => until - ticks() },
      decide: (_, call, plan) => decide(call, plan, { ...options, root }),
      async hear(event) {
        const update = updateOf(event, root);
        if (update !== undefined)
          await options.client.notify(methods.client.session.update, { sessionId: options.sessionId, update });
      },
    });
    if (timeout.aborted && !stop.signal.aborted) throw new RequestError(FAILED, `The time is over (${limits.wallMs} ms).`);
    return { stopReason: stopReason(end) };
  } finally {
    delete session.stop;
  }
}

/** Reading stays within the workspace and changes nothing; for the rest the client decides, each time anew. */
async function decide(call: ToolCall, plan: Plan, { client, sessionId, root }: Prompting & { root: string }): Promise<Decision> {
  if (plan.action.kind === 'read') return { verdict: 'allow', rule: 'reading in the workspace' };
  const question: RequestPermissionRequest = {
    sessionId,
    toolCall: described(call, plan, root),
    options: [
      { optionId: 'allow', name: 'Allow', kind: 'allow_once' },
      { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
    ],
  };
  const { outcome } = await client.request(methods.client.session.requestPermission, question);
  const allowed = outcome.outcome === 'selected' && outcome.optionId === 'allow';
  return { verdict: allowed ? 'allow' : 'deny', rule: 'the host decides' };
}

function stopReason(end: LoopEnd): PromptResponse['stopReason'] {
  switch (end.end) {
    case 'done':
      return 'end_turn';
    case 'turns':
      return 'max_turn_requests';
    case 'tokens':
      return 'max_tokens';
    case 'refused':
      return 'refusal';
    case 'cancelled':
      return 'cancelled';
    default:
      throw new RequestError(FAILED, end.reason);
  }
}
