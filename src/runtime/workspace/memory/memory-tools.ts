import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { Decision } from '../../policy/action.ts';
import { checkScope } from './entry.ts';
import type { Memory } from './memory.ts';
import { QUOTED, quotedEntry } from './recall.ts';

/** What one agent may do with the memory during one attempt. */
export interface MemoryGrant {
  memory: Pick<Memory, 'search'>;
  /** Scopes that its profile names; nothing else is ever looked into. */
  read: readonly string[];
  write: readonly string[];
  /** Writes down what was decided, before it is acted on. */
  record: (action: { kind: 'recall' | 'remember'; scope: string }, decision: Decision) => Promise<void>;
  /** Adds an entry in the agent's name. */
  add: (entry: { scope: string; kind: string; text: string }) => Promise<void>;
  /** Writes down what it was asked and what it said. */
  note?: NoteUse;
  /** What it said to the same question then, where a mission is run again: nothing is looked up or kept. Throws `MEMORY_INVALID`. */
  replay?: (request: JsonObject) => Promise<string>;
}

export type NoteUse = (request: JsonObject, answer: JsonValue) => Promise<void>;

/** Entries that one attempt may add, and that one search gives. */
const MAX_ADDED = 50;
const MAX_HITS = 20;

/** Versions of the Model Context Protocol that are spoken, the newest first. */
const PROTOCOLS = ['2025-06-18', '2025-03-26', '2024-11-05'];

const [INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS] = [-32_600, -32_601, -32_602] as const;

/** The tools of one attempt as an MCP server: one JSON-RPC message in, its answer out; undefined for what wants none. */
export class MemoryTools {
  readonly #grant: MemoryGrant;
  #added = 0;

  constructor(grant: MemoryGrant) {
    this.#grant = grant;
  }

  async answer(message: JsonValue): Promise<JsonObject | undefined> {
    if (!isJsonObject(message)) return fault(null, INVALID_REQUEST, 'It is no request.');
    const { id, method, params = {} } = message;
    if (typeof id !== 'string' && typeof id !== 'number') return undefined;
    if (typeof method !== 'string' || !isJsonObject(params)) return fault(id, INVALID_REQUEST, 'It is no request.');
    if (method === 'ping') return result(id, {});
    if (method === 'initialize') return result(id, greeting(params));
    if (method === 'tools/list') return result(id, { tools: this.#tools() });
    if (method !== 'tools/call') return fault(id, METHOD_NOT_FOUND, `There is no method ${method.slice(0, 100)}.`);
    return this.#call(id, params);
  }

  #tools(): JsonObject[] {
    const { read, write } = this.#grant;
    return [...(read.length === 0 ? [] : [searchTool(read)]), ...(write.length === 0 ? [] : [addTool(write)])];
  }

  /** What is refused is the tool's answer, for the agent to read, and no fault of the protocol. */
  async #call(id: string | number, { name, arguments: given = {} }: JsonObject): Promise<JsonObject> {
    if (!isJsonObject(given)) return fault(id, INVALID_PARAMS, 'Arguments are wanted.');
    if (name !== 'memory_search' && name !== 'memory_add') return fault(id, INVALID_PARAMS, 'There is no such tool.');
    try {
      const text = name === 'memory_search' ? await this.#search(given) : await this.#add(given);
      return result(id, { content: [{ type: 'text', text }], isError: false });
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      return result(id, { content: [{ type: 'text', text: messageOf(error) }], isError: true });
    }
  }

  async #search({ query, scope, limit }: JsonObject): Promise<string> {
    const { memory, read } = this.#grant;
    if (typeof query !== 'string') throw unusable('`query` is to be a text.');
    const scopes: string[] = [];
    for (const each of scope === undefined ? read : [scope]) scopes.push(await this.#permitted('recall', each));
    const most = typeof limit === 'number' && limit >= 1 ? Math.min(Math.floor(limit), MAX_HITS) : 10;
    return this.#used({ use: 'search', query, scopes, limit: most }, async () => {
      const { hits } = await memory.search(query, { scopes, limit: most });
      return hits.length === 0 ? 'Nothing like that is remembered.' : `${QUOTED}\n\n${hits.map(quotedEntry).join('\n')}`;
    });
  }

  async #add({ text, scope = this.#grant.write[0], kind = 'note' }: JsonObject): Promise<string> {
    if (typeof text !== 'string' || typeof kind !== 'string') throw unusable('`text` and `kind` are to be texts.');
    const permitted = await this.#permitted('remember', scope ?? '');
    if (this.#added >= MAX_ADDED) throw unusable(`No more than ${MAX_ADDED} entries are kept of one attempt.`);
    this.#added++;
    return this.#used({ use: 'add', scope: permitted, kind, text }, async () => {
      await this.#grant.add({ scope: permitted, kind, text });
      return `Remembered in ${permitted}.`;
    });
  }

  async #used(request: JsonObject, perform: () => Promise<string>): Promise<string> {
    const { note, replay } = this.#grant;
    if (replay !== undefined) return replay(request);
    try {
      const text = await perform();
      await note?.(request, { text });
      return text;
    } catch (error) {
      if (error instanceof NexusError) await note?.(request, { error: error.message });
      throw error;
    }
  }

  async #permitted(kind: 'recall' | 'remember', scope: JsonValue): Promise<string> {
    if (typeof scope !== 'string') throw unusable('`scope` is to be a text.');
    checkScope(scope);
    const named = this.#grant[kind === 'recall' ? 'read' : 'write'].includes(scope);
    const rule = named ? `memory: ${scope}` : 'nothing allows it';
    await this.#grant.record({ kind, scope }, { verdict: named ? 'allow' : 'deny', rule });
    if (!named) throw unusable(`The scope ${scope} is not yours to ${kind === 'recall' ? 'read' : 'write'}.`);
    return scope;
  }
}

function greeting({ protocolVersion }: JsonObject): JsonObject {
  const spoken = PROTOCOLS.find((version) => version === protocolVersion) ?? PROTOCOLS[0];
  return {
    protocolVersion: spoken,
    capabilities: { tools: {} },
    serverInfo: { name: 'agentnexus-memory', version: PRODUCT_VERSION },
  };
}

function searchTool(scopes: readonly string[]): JsonObject {
  return {
    name: 'memory_search',
    description: 'Find notes from earlier work by words. They are quoted; what is marked UNTRUSTED may come from anybody.',
    inputSchema: {
      type: 'object',
      required: ['query'],
      properties: {
        query: { type: 'string' },
        scope: { enum: scopes, description: 'All of these by default.' },
        limit: { type: 'integer', minimum: 1, maximum: MAX_HITS },
      },
    },
    annotations: { readOnlyHint: true },
  };
}

function addTool(scopes: readonly string[]): JsonObject {
  return {
    name: 'memory_add',
    description:
      'Keep a short note for later work: a decision, or something that was hard to find out. It cannot be changed or removed.',
    inputSchema: {
      type: 'object',
      required: ['text'],
      properties: {
        text: { type: 'string' },
        scope: { enum: scopes, default: scopes[0] ?? '' },
        kind: { type: 'string', description: 'One word: note, decision, fact.' },
      },
    },
    annotations: { readOnlyHint: false, destructiveHint: false },
  };
}

function result(id: string | number, value: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, result: value };
}

function fault(id: string | number | null, code: number, message: string): JsonObject {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function unusable(message: string): NexusError {
  return new NexusError('MEMORY_INVALID', message);
}
