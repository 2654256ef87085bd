import type { Asked, Frame, Reply, Spoken } from './reply.ts';
import { pieces } from './reply.ts';

/** Google's generateContent and streamGenerateContent. */
export function speakGemini(reply: Reply, asked: Asked): Spoken {
  const told = usage(reply);
  const calls = (reply.calls ?? []).map(({ name, arguments: args }) => ({
    functionCall: { name, args: typeof args === 'string' ? {} : args },
  }));
  const texts = reply.text === undefined ? [] : [{ text: reply.text }];
  const finishReason = asked.truncated ? 'MAX_TOKENS' : 'STOP';
  const streamed = [...pieces(reply.text ?? '').map((text) => ({ text })), ...calls];
  return {
    plain: { ...head(asked), candidates: [candidate([...texts, ...calls], finishReason)], ...told },
    frames: [
      ...streamed.map((part): Frame => ({ data: { ...head(asked), candidates: [candidate([part])] } })),
      { data: { ...head(asked), candidates: [candidate([{ text: '' }], finishReason)], ...told } },
    ],
    endings: 1,
    done: false,
  };
}

function candidate(parts: readonly object[], finishReason?: string) {
  return { index: 0, content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) };
}

function head({ model, request }: Asked) {
  return { modelVersion: model, responseId: `gem-${request}` };
}

function usage({ usage: told = { input: 100, output: 20 } }: Reply) {
  if (told === null) return {};
  const { input, output } = told;
  return { usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output } };
}
