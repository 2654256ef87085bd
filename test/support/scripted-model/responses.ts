import { argumentsText, type Asked, type Frame, pieces, type Reply, type Spoken } from './reply.ts';

/** OpenAI's Responses API. */
export function speakResponses(reply: Reply, asked: Asked): Spoken {
  const output = items(reply, asked);
  const created = envelope(asked, { status: 'in_progress', output: [] });
  const finished = asked.truncated
    ? envelope(asked, { status: 'incomplete', output, incomplete_details: { reason: 'max_output_tokens' }, ...usage(reply) })
    : envelope(asked, { status: 'completed', output, ...usage(reply) });
  const frames: Omit<Frame, 'event'>[] = [
    { data: { type: 'response.created', response: created } },
    ...output.flatMap((item, index) => itemFrames(item, index)),
    { data: { type: asked.truncated ? 'response.incomplete' : 'response.completed', response: finished } },
  ];
  return { plain: finished, frames: numbered(frames), endings: 1, done: false };
}

type Item = Record<string, unknown> & { type: string; id: string };

function items(reply: Reply, asked: Asked): Item[] {
  const status = asked.truncated ? 'incomplete' : 'completed';
  const list: Item[] = [];
  if (reply.thought !== undefined) {
    const summary = [{ type: 'summary_text', text: reply.thought }];
    list.push({ type: 'reasoning', id: `rs_${asked.request}`, summary, encrypted_content: `sealed-${asked.request}` });
  }
  if (reply.text !== undefined) {
    const content = [{ type: 'output_text', text: reply.text, annotations: [] }];
    list.push({ type: 'message', id: `msg_${asked.request}`, role: 'assistant', status, content });
  }
  for (const [index, call] of (reply.calls ?? []).entries()) {
    const id = `fc_${asked.request}_${index}`;
    const text = argumentsText(call, asked.truncated);
    list.push({ type: 'function_call', id, call_id: `call_${asked.request}_${index}`, name: call.name, arguments: text, status });
  }
  return list;
}

function itemFrames(item: Item, output_index: number): Omit<Frame, 'event'>[] {
  const at = { item_id: item.id, output_index };
  const begun = { ...item, ...(item.type === 'function_call' ? { arguments: '' } : {}) };
  return [
    { data: { type: 'response.output_item.added', output_index, item: begun } },
    ...deltas(item).map(([type, delta]) => ({ data: { type, ...at, content_index: 0, summary_index: 0, delta } })),
    { data: { type: 'response.output_item.done', output_index, item } },
  ];
}

function deltas(item: Item): [string, string][] {
  if (item.type === 'function_call') {
    return pieces(String(item['arguments'])).map((piece) => ['response.function_call_arguments.delta', piece]);
  }
  const [part] = (item['content'] ?? item['summary']) as { text: string }[];
  const type = item.type === 'message' ? 'response.output_text.delta' : 'response.reasoning_summary_text.delta';
  return pieces(part?.text ?? '').map((piece) => [type, piece]);
}

function envelope({ model, request }: Asked, rest: Record<string, unknown>) {
  return { id: `resp_${request}`, object: 'response', created_at: 0, model, ...rest };
}

function usage({ usage: told = { input: 100, output: 20 } }: Reply) {
  if (told === null) return {};
  const { input, output } = told;
  return { usage: { input_tokens: input, output_tokens: output, total_tokens: input + output } };
}

function numbered(frames: readonly Omit<Frame, 'event'>[]): Frame[] {
  return frames.map(({ data }, sequence_number) => {
    const body = data as { type: string };
    return { event: body.type, data: { ...body, sequence_number } };
  });
}
