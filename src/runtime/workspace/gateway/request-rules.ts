import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './routes.ts';

export interface Terms {
  model: string;
  embeddingModel: string | undefined;
}

/**
 * The request as it may go out. The model is the one that was allowed, nothing is kept on the server, and the server does nothing for the agent but
 * think: its tools that reach the network (search, fetch, MCP, code) are left out, for they would be a way out of the sandbox, as would addresses that it is
 * to load. Throws `Refusal` for what cannot be left out without changing what was meant.
 */
export function permitted(body: JsonObject, route: Route, terms: Terms): JsonObject {
  refuseAddresses(body);
  const tools = Array.isArray(body['tools']) ? { tools: body['tools'].filter((tool: JsonValue) => runsHere(tool, route)) } : {};
  switch (route.name) {
    case 'responses':
      refuseState(body, ['previous_response_id', 'conversation', 'prompt', 'background']);
      return { ...body, ...tools, model: terms.model, store: false };
    case 'chat':
      refuseState(body, ['web_search_options']);
      return { ...without(body, 'store'), ...tools, model: terms.model, ...usageAsked(body) };
    case 'messages':
      refuseState(body, ['mcp_servers', 'container']);
      return { ...body, ...tools, model: terms.model };
    case 'embeddings':
      if (terms.embeddingModel === undefined) throw new Refusal(403, 'no_embeddings', 'No model for embeddings is configured.');
      return { ...body, model: terms.embeddingModel };
    default:
      refuseState(body, ['cachedContent']);
      return { ...body, ...tools };
  }
}

/** Whether the server says how many tokens it took: most do so in a stream only if asked. */
function usageAsked(body: JsonObject): JsonObject {
  if (body['stream'] !== true) return {};
  const options = isJsonObject(body['stream_options']) ? body['stream_options'] : {};
  return { stream_options: { ...options, include_usage: true } };
}

function refuseState(body: JsonObject, names: readonly string[]): void {
  const name = names.find((each) => body[each] !== undefined && body[each] !== null && body[each] !== false);
  if (name !== undefined)
    throw new Refusal(403, 'server_side', `\`${name}\` is not let through: nothing is kept, or done, on the server.`);
}

/** Tools of Anthropic that have a type and run where the agent does. */
const OWN_TOOLS = /^(custom|bash_\d+|text_editor_\d+|memory_\d+)$/;

function runsHere(tool: JsonValue, { name }: Route): boolean {
  if (!isJsonObject(tool)) return false;
  const { type } = tool;
  if (name === 'messages') return type === undefined || (typeof type === 'string' && OWN_TOOLS.test(type));
  if (name === 'generate' || name === 'stream-generate') {
    return Object.keys(tool).every((key) => key === 'functionDeclarations' || key === 'function_declarations');
  }
  if (type === 'namespace')
    return Array.isArray(tool['tools']) && tool['tools'].every((inner: JsonValue) => runsHere(inner, { name } as Route));
  return type === 'function' || type === 'custom' || type === 'local_shell' || type === 'apply_patch';
}

/** Members by which a server is told to load something, or to look into what an account has stored. */
const ADDRESSES: ReadonlySet<string> = new Set([
  'image_url',
  'file_url',
  'fileUri',
  'file_uri',
  'file_id',
  'server_url',
  'video_url',
  'audio_url',
]);

/** What is data of tools, whatever it is called. */
const DATA: ReadonlySet<string> = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'input_schema',
  'output_schema',
]);

function refuseAddresses(value: JsonObject): void {
  for (const [key, item] of Object.entries(value)) {
    if (DATA.has(key) || (key === 'input' && value['type'] === 'tool_use')) continue;
    const address = isJsonObject(item) ? item['url'] : item;
    if (ADDRESSES.has(key) && typeof address === 'string' && !address.startsWith('data:')) throw addressRefused(key);
    for (const child of Array.isArray(item) ? item : [item]) {
      if (!isJsonObject(child)) continue;
      if (key === 'source' && (child['type'] === 'url' || child['type'] === 'file')) throw addressRefused(key);
      refuseAddresses(child);
    }
  }
}

function addressRefused(key: string): Refusal {
  return new Refusal(
    403,
    'remote_content',
    `\`${key}\` is not let through: a server is not sent to fetch anything. Put the content into the request.`,
  );
}

function without(body: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = body;
  return rest;
}
