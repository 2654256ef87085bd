import { argumentsText, type Asked, type Frame, pieces, type Reply, type Spoken } from './reply.ts';

/** Anthropic's Messages API. */
export function speakAnthropic(reply: Reply, asked: Asked): Spoken {
  const blocks = contentOf(reply, asked);
  const stop_reason = asked.truncated ? 'max_tokens' : reply.calls === undefined ? 'end_turn' : 'tool_use';
  const { input, output } = reply.usage ?? { input: 100, output: 20 };
  const message = { id: `msg_${asked.request}`, type: 'message', role: 'assistant', model: asked.model };
  const frames: Omit<Frame, 'event'>[] = [
    { data: { type: 'message_start', message: { ...message, content: [], usage: { input_tokens: input, output_tokens: 1 } } } },
    ...blocks.flatMap((block, index) => blockFrames(block, index)),
    { data: { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: output } } },
    { data: { type: 'message_stop' } },
  ];
  return {
    plain: {
      ...message,
      content: blocks.map(({ block }) => block),
      stop_reason,
      usage: { input_tokens: input, output_tokens: output },
    },
    frames: frames.map(({ data }) => ({ event: (data as { type: string }).type, data })),
    endings: 2,
    done: false,
  };
}

interface Block {
  block: object;
  begun: object;
  deltas: object[];
}

function contentOf(reply: Reply, asked: Asked): Block[] {
  const blocks: Block[] = [];
  if (reply.text !== undefined) {
    blocks.push({
      block: { type: 'text', text: reply.text },
      begun: { type: 'text', text: '' },
      deltas: pieces(reply.text).map((text) => ({ type: 'text_delta', text })),
    });
  }
  for (const [index, call] of (reply.calls ?? []).entries()) {
    const head = { type: 'tool_use', id: `toolu_${asked.request}_${index}`, name: call.name };
    blocks.push({
      block: { ...head, input: typeof call.arguments === 'string' ? {} : call.arguments },
      begun: { ...head, input: {} },
      deltas: pieces(argumentsText(call, asked.truncated)).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    });
  }
  return blocks;
}

function blockFrames({ begun, deltas }: Block, index: number): Omit<Frame, 'event'>[] {
  return [
    { data: { type: 'content_block_start', index, content_block: begun } },
    ...deltas.map((delta) => ({ data: { type: 'content_block_delta', index, delta } })),
    { data: { type: 'content_block_stop', index } },
  ];
}
