import { argumentsText, type Asked, type Frame, pieces, type Reply, type Spoken } from './reply.ts';

/** OpenAI's Chat Completions API, as vLLM, Ollama and llama.cpp speak it too. */
export function speakChat(reply: Reply, asked: Asked): Spoken {
  const calls = (reply.calls ?? []).map((call, index) => ({
    index,
    id: `call_${asked.request}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call, asked.truncated) },
  }));
  const finish_reason = asked.truncated ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop';
  const message = { role: 'assistant', content: reply.text ?? null, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  const told = usage(reply);
  return {
    plain: { ...head(asked, 'chat.completion'), choices: [{ index: 0, message, finish_reason }], ...told },
    frames: [
      ...deltas(reply, calls).map((delta) => frame(asked, { choices: [{ index: 0, delta, finish_reason: null }] })),
      frame(asked, { choices: [{ index: 0, delta: {}, finish_reason }] }),
      ...(told.usage === undefined ? [] : [frame(asked, { choices: [], ...told })]),
    ],
    endings: told.usage === undefined ? 1 : 2,
    done: true,
  };
}

interface Call {
  index: number;
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

function deltas(reply: Reply, calls: readonly Call[]): object[] {
  return [
    { role: 'assistant', content: '' },
    ...pieces(reply.thought ?? '').map((reasoning_content) => ({ reasoning_content })),
    ...pieces(reply.text ?? '').map((content) => ({ content })),
    ...calls.flatMap((call) => callDeltas(call)),
  ];
}

function callDeltas({ index, id, type, function: { name, arguments: text } }: Call): object[] {
  return [
    { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] },
    ...pieces(text).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ];
}

function frame(asked: Asked, rest: object): Frame {
  return { data: { ...head(asked, 'chat.completion.chunk'), ...rest } };
}

function head({ model, request }: Asked, object: string) {
  return { id: `chatcmpl-${request}`, object, created: 0, model };
}

function usage({ usage: told = { input: 100, output: 20 } }: Reply) {
  if (told === null) return {};
  const { input, output } = told;
  return { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } };
}
