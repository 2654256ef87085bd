import type OpenAI from 'openai';
import type {
  Response,
  ResponseCreateParamsStreaming,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';

import type { JsonObject } from '../../../base/json.ts';
import type { ToolSpec, Turn } from './conversation.ts';
import { asModelFault, faultFromCode, ModelFault } from './model-fault.ts';
import { unstalled } from './unstalled.ts';
import type { Answer, AskOptions, Question, Wire } from './wire.ts';

/** The Responses API without any state on the server: the whole conversation goes with each request, sealed reasoning included. */
export function responsesWire(client: OpenAI, { idleMs }: { idleMs: number }): Wire {
  return {
    name: 'responses',
    async ask(question, { signal, hear }) {
      try {
        const stream = await client.responses.create(body(question), { signal });
        return answerOf(await lastOf(unstalled(stream, idleMs), hear));
      } catch (error) {
        throw asModelFault(error);
      }
    },
  };
}

function body({ model, instructions, turns, tools }: Question): ResponseCreateParamsStreaming {
  return {
    model,
    instructions,
    input: turns.flatMap(itemsOf),
    tools: tools.map(toolOf),
    include: ['reasoning.encrypted_content'],
    store: false,
    stream: true,
  };
}

function toolOf({ name, description, parameters }: ToolSpec) {
  return { type: 'function' as const, name, description, parameters, strict: false };
}

function itemsOf(turn: Turn): ResponseInputItem[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.text }];
  if (turn.role === 'tool') return [{ type: 'function_call_output', call_id: turn.call, output: turn.text }];
  // What the server said goes back as it came; the type of it is the server's affair.
  if (turn.verbatim !== undefined) return turn.verbatim as unknown as ResponseInputItem[];
  return [
    ...(turn.text === '' ? [] : [{ role: 'assistant' as const, content: turn.text }]),
    ...turn.calls.map((call) => ({
      type: 'function_call' as const,
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
    })),
  ];
}

/** The response as the event that ends the stream has it. A stream that ends without one has not ended. */
async function lastOf(stream: AsyncIterable<ResponseStreamEvent>, hear: AskOptions['hear']): Promise<Response> {
  const items: ResponseOutputItem[] = [];
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') hear?.({ kind: 'text', text: event.delta });
    else if (event.type === 'response.reasoning_summary_text.delta' || event.type === 'response.reasoning_text.delta') {
      hear?.({ kind: 'thought', text: event.delta });
    } else if (event.type === 'response.output_item.done') items.push(event.item);
    else if (event.type === 'response.completed' || event.type === 'response.incomplete') {
      // Some servers leave the items out of the last event.
      return event.response.output?.length > 0 ? event.response : { ...event.response, output: items };
    } else if (event.type === 'response.failed') {
      const { code, message } = event.response.error ?? {};
      throw faultFromCode(code, message ?? 'The server failed to answer.');
    } else if (event.type === 'error') throw faultFromCode(event.code, event.message);
  }
  throw new ModelFault('stream', 'The answer broke off: the stream ended before the event that ends an answer.');
}

function answerOf(response: Response): Answer {
  const { output, usage } = response;
  const calls = output.flatMap((item) =>
    item.type === 'function_call' ? [{ id: item.call_id, name: item.name, arguments: item.arguments }] : [],
  );
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const text = parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
  const end = endOf(response, { refused: parts.some((part) => part.type === 'refusal') && calls.length === 0 });
  return {
    turn: {
      role: 'assistant',
      text,
      calls,
      ...(end === 'length' ? {} : { verbatim: output.filter(canGoBack) as unknown as JsonObject[] }),
    },
    end,
    ...(usage === undefined || usage === null ? {} : { usage: { input: usage.input_tokens, output: usage.output_tokens } }),
  };
}

function endOf({ status, incomplete_details }: Response, { refused }: { refused: boolean }): Answer['end'] {
  if (status === 'incomplete') return incomplete_details?.reason === 'content_filter' ? 'refused' : 'length';
  return refused ? 'refused' : 'done';
}

/** Reasoning that is not sealed is kept on the server, where nothing of ours is: it cannot be referred to. */
function canGoBack(item: ResponseOutputItem): boolean {
  return item.type !== 'reasoning' || typeof item.encrypted_content === 'string';
}
