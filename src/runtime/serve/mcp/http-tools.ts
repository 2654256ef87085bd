import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { CONTRACTS, inputSchema, type Scope } from '../../app/operation-contracts.ts';
import type { OperationName } from '../../app/operations.ts';
import type { Counter, Sent } from '../counter.ts';
import { submission } from '../open-api-others.ts';
import type { Principal } from '../principal.ts';
import { requestOf } from '../request-of.ts';
import { type Route, routeOf, ROUTES } from '../routes.ts';
import type { ToolDesk } from './protocol.ts';
import { toolOf, toolsOf, type Tool } from './tools.ts';

/** How a specification is sent by a tool. */
const SEND = 'specification_send';
const MARKDOWN = 'text/markdown';

/** Tools that are offered over HTTP, with what each needs: what the routes do, but for what only people decide. */
const OFFERED: ReadonlyMap<string, { tool: Tool; operation: OperationName; scope: Scope; route?: Route }> = new Map(
  [
    { tool: sendTool(), operation: 'validate' as const, scope: 'specifications:write' as const },
    { tool: toolOf('apply', submission()), operation: 'apply' as const, scope: CONTRACTS.apply.scope },
    ...ROUTES.filter((route) => routeOf(route.operation) === route && isOffered(route)).map((route) => ({
      tool: toolOf(route.operation, schemaOf(route)),
      operation: route.operation,
      scope: CONTRACTS[route.operation].scope,
      route,
    })),
  ].map((each) => [each.tool.name, each]),
);

/** The tools as somebody may use them: `from` is where they ask from. */
export function httpDesk(counter: Counter, who: Principal, from: string): ToolDesk {
  return {
    tools: [...OFFERED.values()].map(({ tool }) => tool),
    call: async (name, given) => {
      const known = OFFERED.get(name);
      if (known === undefined) throw new RangeError(`no tool ${name}`);
      if (!isJsonObject(given)) throw new NexusError('USAGE', `What ${name} is asked is no object.`);
      const { operation, scope, route } = known;
      const mission = textIn(given, 'mission');
      await counter.gate.permitted(who, { scope, operation, mission }, { what: `MCP ${name}`, from });
      if (route !== undefined) return read((await counter.perform(route, requestOf(route, given), who)).text);
      if (operation === 'apply') return read((await counter.submit(given, { key: undefined, who })).text);
      return send(given, { counter, who });
    },
    refusal: (error) => {
      const { code, title: message, hint, errors } = counter.problemOf(error, '');
      return { kind: 'Error', code, message, hint, errors };
    },
  };
}

async function send(given: JsonObject, { counter, who }: { counter: Counter; who: Principal }): Promise<{ kind: string }> {
  const { digest, validation } = await kept(given, { counter, who });
  const answer = { kind: 'Validation', ...validation, upload: digest };
  return answer;
}

/** One file by its content; a folder by those of its files, which are all there at once. */
async function kept(given: JsonObject, { counter, who }: { counter: Counter; who: Principal }): Promise<Sent> {
  const { content, files, name = 'specification' } = given;
  if (typeof content === 'string') return counter.keep(Buffer.from(content), MARKDOWN, who);
  const bundled = Array.isArray(files) ? files.flatMap((file) => fileIn(file) ?? []) : [];
  if (!Array.isArray(files) || bundled.length < Math.max(1, files.length)) {
    throw new NexusError('USAGE', 'There is neither `content` nor `files`.', {
      hint: 'Give the Markdown of the specification, or its files, each with `path` and `content`.',
    });
  }
  const contents = new Map(bundled.map(({ bytes }) => [sha256(bytes), bytes]));
  const listed = bundled.map(({ path, bytes }) => ({ path, digest: sha256(bytes), size: bytes.length }));
  const manifest = Buffer.from(JSON.stringify({ name, files: listed }));
  const first = await counter.keepManifest(manifest, who);
  if (!('missing' in first)) return first;
  for (const digest of first.missing) counter.desk.manifests.put(first.digest, digest, contents.get(digest) ?? Buffer.alloc(0));
  const whole = await counter.keepManifest(manifest, who);
  if ('missing' in whole) throw new RangeError('what was sent is not there');
  return whole;
}

function fileIn(file: JsonValue): { path: string; bytes: Buffer } | undefined {
  const { path, content } = isJsonObject(file) ? file : {};
  return typeof path === 'string' && typeof content === 'string' ? { path, bytes: Buffer.from(content) } : undefined;
}

function sendTool(): Tool {
  const content = { type: 'string', description: 'Markdown of a specification that is one file.' };
  const file = {
    type: 'object',
    required: ['path', 'content'],
    properties: { path: { type: 'string' }, content: { type: 'string' } },
  };
  const files = {
    type: 'array',
    description: 'All files of a specification that is a folder: `path` is relative to it.',
    items: file,
  };
  const name = { type: 'string', description: 'Name of the folder.' };
  const description = 'Send a specification, by `content` or by `files`; `upload` of the answer names it for `plan` and `apply`.';
  return { ...toolOf('validate', { description, properties: { content, files, name }, required: [] }), name: SEND };
}

/** What stands in the address, in the query and in the body. */
function schemaOf({ operation, path, method, query = [], isBare = false }: Route): JsonObject {
  const { description, properties, required } = inputSchema(operation);
  const members = isJsonObject(properties) ? properties : {};
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const said = method === 'POST' && !isBare ? Object.keys(members) : query;
  const named = [...new Set([...inPath, ...said])].map((name) => [name, members[name] ?? { type: 'string' }] as const);
  const wanted = Array.isArray(required) ? required.filter((name) => named.some(([each]) => each === name)) : [];
  return {
    description: description ?? '',
    properties: Object.fromEntries(named),
    required: [...new Set<JsonValue>([...inPath, ...wanted])],
  };
}

function isOffered({ operation }: Route): boolean {
  return [...toolsOf({ decides: false }).values()].some((each) => each.operation === operation);
}

const textIn = (given: JsonObject, name: string): string | undefined =>
  typeof given[name] === 'string' ? given[name] : undefined;

/** A document without its `apiVersion`, which every answer is given. */
function read(text: string): { kind: string } {
  const { apiVersion: _, ...document } = JSON.parse(text) as { apiVersion: string; kind: string };
  return document;
}
