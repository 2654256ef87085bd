import type OpenAI from 'openai';
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';

import type { ToolCall, ToolSpec, Turn } from './conversation.ts';
import { asModelFault, ModelFault } from './model-fault.ts';
import { unstalled } from './unstalled.ts';
import type { Answer, AskOptions, Question, TokenUsage, Wire } from './wire.ts';

/** The Chat Completions API, which every server speaks. */
export function chatWire(client: OpenAI, { idleMs }: { idleMs: number }): Wire {
  return {
    name: 'chat',
    async ask(question, { signal, hear }) {
      try {
        const stream = await client.chat.completions.create(body(question), { signal });
        return answerOf(await gather(unstalled(stream, idleMs), hear));
      } catch (error) {
        throw asModelFault(error);
      }
    },
  };
}

function body({ model, instructions, turns, tools }: Question): ChatCompletionCreateParamsStreaming {
  return {
    model,
    messages: [{ role: 'system', content: instructions }, ...turns.map(messageOf)],
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function toolOf({ name, description, parameters }: ToolSpec) {
  return { type: 'function' as const, function: { name, description, parameters: { ...parameters } } };
}

function messageOf(turn: Turn): ChatCompletionMessageParam {
  if (turn.role === 'user') return { role: 'user', content: turn.text };
  if (turn.role === 'tool') return { role: 'tool', tool_call_id: turn.call, content: turn.text };
  const calls = turn.calls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments },
  }));
  return { role: 'assistant', content: turn.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

interface Gathered {
  text: string;
  refusal: string;
  calls: ToolCall[];
  finish: string | undefined;
  usage: TokenUsage | undefined;
}

async function gather(stream: AsyncIterable<ChatCompletionChunk>, hear: AskOptions['hear']): Promise<Gathered> {
  const gathered: Gathered = { text: '', refusal: '', calls: [], finish: undefined, usage: undefined };
  for await (const { choices, usage } of stream) {
    if (usage !== undefined && usage !== null) gathered.usage = { input: usage.prompt_tokens, output: usage.completion_tokens };
    const [choice] = choices ?? [];
    if (choice === undefined) continue;
    gathered.finish = choice.finish_reason ?? gathered.finish;
    take(choice.delta ?? {}, gathered, hear);
  }
  return gathered;
}

/** What servers with reasoning models add to a delta, under either name. */
type Delta = Partial<ChatCompletionChunk.Choice.Delta> & { reasoning_content?: string | null; reasoning?: string | null };

function take(delta: Delta, gathered: Gathered, hear: AskOptions['hear']): void {
  const { content, refusal, tool_calls = [] } = delta;
  const thought = delta.reasoning_content ?? delta.reasoning;
  if (typeof thought === 'string' && thought !== '') hear?.({ kind: 'thought', text: thought });
  if (typeof content === 'string' && content !== '') {
    gathered.text += content;
    hear?.({ kind: 'text', text: content });
  }
  gathered.refusal += refusal ?? '';
  for (const piece of tool_calls) {
    const call = (gathered.calls[piece.index ?? 0] ??= { id: '', name: '', arguments: '' });
    call.id ||= piece.id ?? '';
    call.name ||= piece.function?.name ?? '';
    call.arguments += piece.function?.arguments ?? '';
  }
}

function answerOf({ text, refusal, calls, finish, usage }: Gathered): Answer {
  if (finish === undefined) {
    throw new ModelFault('stream', 'The answer broke off: the stream ended before it said why.');
  }
  const whole = calls.filter((call) => call !== undefined).map((call, index) => ({ ...call, id: call.id || `call_${index}` }));
  return {
    turn: { role: 'assistant', text, calls: whole },
    end:
      finish === 'length' ? 'length' : finish === 'content_filter' || (refusal !== '' && whole.length === 0) ? 'refused' : 'done',
    ...(usage === undefined ? {} : { usage }),
  };
}
