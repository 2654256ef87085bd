import OpenAI from 'openai';

import { chatWire } from './chat-wire.ts';
import { ModelFault } from './model-fault.ts';
import { responsesWire } from './responses-wire.ts';
import type { Answer, AskOptions, Question, Wire, WireName } from './wire.ts';

export interface ServerOptions {
  /** With `/v1` or whatever the server has before `/responses`. */
  baseUrl: string;
  key: string | undefined;
  /** Leaves out the probe. */
  wire?: WireName | undefined;
  /** Milliseconds without a byte after which a request has failed. */
  idleMs: number;
}

/** Which dialect a base URL was found to speak; for as long as the process lasts. */
const known = new Map<string, WireName>();

/**
 * A server in the dialect that it speaks. The first question is the probe: it goes out as a Responses request, and where the server has none, as
 * one for Chat Completions; what got an answer is remembered for the base URL.
 */
export function openServer({ baseUrl, key, wire, idleMs }: ServerOptions): Wire {
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: key || 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: idleMs,
    logLevel: 'off',
    fetchOptions: { redirect: 'error' },
  });
  const wires: Record<WireName, Wire> = { responses: responsesWire(client, { idleMs }), chat: chatWire(client, { idleMs }) };
  const chosen = () => wire ?? known.get(baseUrl);
  return {
    get name() {
      return chosen() ?? 'responses';
    },
    async ask(question, options) {
      const name = chosen();
      const answer = await (name === undefined
        ? probe(wires, question, options)
        : wires[name].ask(question, options).then((said) => ({ said, name })));
      known.set(baseUrl, answer.name);
      return answer.said;
    },
  };
}

async function probe(
  { responses, chat }: Record<WireName, Wire>,
  question: Question,
  options: AskOptions,
): Promise<{ said: Answer; name: WireName }> {
  try {
    return { said: await responses.ask(question, options), name: 'responses' };
  } catch (error) {
    if (!(error instanceof ModelFault) || error.kind !== 'unsupported') throw error;
    return { said: await chat.ask(question, options), name: 'chat' };
  }
}
