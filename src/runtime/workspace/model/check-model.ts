import { isJsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import { messageOf } from '../../../base/errors.ts';

/** What a look at a server with an OpenAI-compatible API has shown. `models`: as far as it lists them. */
export type ModelCheck =
  | { reachable: false; why: string }
  | { reachable: true; models: string[] | undefined; hasModel: boolean | undefined };

const TIMEOUT_MS = 10_000;
const LARGEST = 8 * 2 ** 20;

/** Asks a server which models it has: only when somebody wants to know, for it goes out. Nothing is asked of any model. */
export async function checkModel({
  baseUrl,
  key,
  model,
}: {
  baseUrl: string;
  key: string | undefined;
  model: string;
}): Promise<ModelCheck> {
  try {
    const answer = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status === 401 || answer.status === 403) return { reachable: false, why: `it refuses the key (${answer.status})` };
    if (answer.status >= 500) return { reachable: false, why: `it answers with ${answer.status}` };
    const models = answer.ok ? idsIn(await textOf(answer)) : undefined;
    return { reachable: true, models, hasModel: models?.includes(model.replace(/:[^/:]+$/, '')) || models?.includes(model) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { reachable: false, why: messageOf(cause) };
  }
}

async function textOf(answer: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > LARGEST) return '';
  }
  return text;
}

/** Some servers have no list: then there is nothing to say about it. */
function idsIn(text: string): string[] | undefined {
  const list = parsedJson(text);
  const data = isJsonObject(list) ? list['data'] : undefined;
  if (!Array.isArray(data)) return undefined;
  return data.flatMap((item: JsonValue) => (isJsonObject(item) && typeof item['id'] === 'string' ? [item['id']] : []));
}
