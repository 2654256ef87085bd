import type { JsonObject } from '../../base/json.ts';
import { BUNDLE_LIMITS } from '../../spec/bundle/bundle-limits.ts';
import { MANIFEST_TYPE } from '../app/source/bundle-manifest.ts';
import { inputSchema } from '../app/operation-contracts.ts';
import { BATCH, BATCH_SCHEMA } from './event-batch.ts';
import { OPTIONS } from './submission.ts';

export const json = (schema: JsonObject): JsonObject => ({ content: { 'application/json': { schema } } });

/** Entries of the log, as a document or as CloudEvents. */
export const orBatch = (schema: JsonObject): JsonObject => ({
  content: { 'application/json': { schema }, [BATCH]: { schema: BATCH_SCHEMA } },
});

export const PROBLEMS: JsonObject = {
  default: {
    description: 'A problem (RFC 9457).',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
  },
};

export const inPath = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string' } });

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;

export interface Described {
  id: string;
  summary: string;
  parameters?: readonly JsonObject[];
  body?: JsonObject;
  /** By status. */
  answers: Readonly<Record<string, JsonObject>>;
}

export const described = ({ id, summary, parameters = [], body, answers }: Described): JsonObject => ({
  operationId: id,
  summary,
  parameters,
  ...(body === undefined ? {} : { requestBody: body }),
  responses: { ...answers, ...PROBLEMS },
});

const inQuery = (name: string, schema: JsonObject): JsonObject => ({ name, in: 'query', schema });

const EVENT_STREAM = { description: 'Server-sent events; see `/asyncapi.json`.', content: { 'text/event-stream': {} } };
const AFTER = inQuery('after', { ...text, description: 'A cursor: only what comes behind it.' });
const PUBLIC = { security: [] } as const;

/** Addresses that are no rows of the table of routes. `reference` names a published schema. */
export function otherPaths(reference: (schema: string) => JsonObject): JsonObject {
  return { ...submissions(reference), ...STREAMS, ...WHOLE };
}

function submissions(reference: (schema: string) => JsonObject): JsonObject {
  const sent = { description: 'It is here; the answer says what is wrong with it.', ...json(reference('validation')) };
  const begun = { description: 'It has begun.', ...json(reference('mission')) };
  const known = { description: 'It was under way, had been begun by this very request, or there is nothing to do.', ...json({}) };
  return {
    '/v1/specifications': {
      post: described({
        id: 'specifications.send',
        summary: 'Send a specification: the manifest of its files, an archive of its folder, or one Markdown file.',
        body: {
          required: true,
          content: {
            [MANIFEST_TYPE]: { schema: MANIFEST_SCHEMA },
            'application/gzip': BINARY,
            'application/zip': BINARY,
            'text/markdown': { schema: text },
          },
        },
        answers: { '201': sent, '202': { description: 'Contents of the manifest are missing.', ...json(MISSING) } },
      }),
    },
    '/v1/specifications/{specification}/contents/{digest}': {
      put: described({
        id: 'specifications.content',
        summary: 'Send a content that the manifest of a specification asks for.',
        parameters: [inPath('specification'), inPath('digest')],
        body: { required: true, content: { 'application/octet-stream': BINARY } },
        answers: { '204': { description: 'It is there.' } },
      }),
    },
    '/v1/missions': {
      post: described({
        id: 'apply',
        summary: 'Begin a mission, or join the one that does just this.',
        parameters: [{ name: 'Idempotency-Key', in: 'header', schema: { ...text, maxLength: 200 } }],
        body: { required: true, ...json(submission()) },
        answers: { '200': known, '201': begun },
      }),
    },
  };
}

const DIGEST: JsonObject = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };

const MANIFEST_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'files'],
  properties: {
    name: text,
    files: {
      type: 'array',
      maxItems: BUNDLE_LIMITS.files,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'digest', 'size'],
        properties: { path: text, digest: DIGEST, size: { ...count, maximum: BUNDLE_LIMITS.fileBytes } },
      },
    },
  },
};

const MISSING: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'items', 'upload'],
  properties: { apiVersion: text, kind: { const: 'MissingContents' }, items: { type: 'array', items: DIGEST }, upload: DIGEST },
};

const BINARY: JsonObject = { schema: { type: 'string', format: 'binary' } };

/** The options of `apply`, and what names the specification. */
export function submission(): JsonObject {
  const { properties } = inputSchema('apply') as { properties: Record<string, JsonObject> };
  const options = Object.fromEntries(
    OPTIONS.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
  const prompt = {
    id: { ...text, format: 'uuid' },
    objective: text,
    originatingSpec: { ...text, format: 'uri' },
    createdAt: { ...text, format: 'date-time' },
  };
  return { type: 'object', properties: { specification: text, ...prompt, ...options, policy: { type: 'object' } } };
}

const EVENTS: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'items', 'next'],
  properties: { apiVersion: text, kind: { const: 'Events' }, items: { type: 'array', items: { type: 'object' } }, next: text },
};

const STREAMS: JsonObject = {
  '/v1/missions/{mission}/events': {
    get: described({
      id: 'events',
      summary: "One page of a mission's events.",
      parameters: [
        inPath('mission'),
        AFTER,
        inQuery('limit', { type: 'integer', minimum: 1, maximum: 500 }),
        inQuery('wait', { type: 'integer', minimum: 0, maximum: 30, description: 'Seconds to wait for the first.' }),
      ],
      answers: { '200': { description: 'Events, and where the next page begins.', ...orBatch(EVENTS) } },
    }),
  },
  '/v1/missions/{mission}/proof': {
    get: described({
      id: 'evidence.export',
      summary: 'The whole proof of a mission.',
      parameters: [inPath('mission')],
      answers: { '200': { description: 'A folder, packed.', content: { 'application/gzip': BINARY } } },
    }),
  },
  '/v1/missions/{mission}/events/stream': {
    get: described({
      id: 'events.mission',
      summary: 'One mission from its beginning to its end.',
      parameters: [inPath('mission'), AFTER],
      answers: { '200': EVENT_STREAM },
    }),
  },
  '/v1/events/stream': {
    get: described({
      id: 'events.all',
      summary: 'Everything from now on.',
      parameters: [AFTER],
      answers: { '200': EVENT_STREAM },
    }),
  },
  '/v1/spec.logs/stream': {
    get: described({ id: 'spec.logs', summary: 'The audit stream.', parameters: [AFTER], answers: { '200': EVENT_STREAM } }),
  },
};

const counts: JsonObject = { type: 'object', additionalProperties: count };

const QUEUE: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'missions', 'tasks', 'approvals', 'depth', 'pools'],
  properties: {
    apiVersion: text,
    kind: { const: 'Queue' },
    missions: counts,
    tasks: counts,
    approvals: count,
    depth: count,
    pools: { type: 'object', additionalProperties: counts },
  },
};

const BULK: JsonObject = {
  type: 'object',
  required: ['word'],
  additionalProperties: false,
  properties: {
    word: { enum: ['pause', 'resume', 'cancel', 'retry', 'approve', 'reject', 'prioritise'] },
    missions: { type: 'array', maxItems: 500, items: text },
    states: { type: 'array', items: { enum: ['planned', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] } },
    task: text,
    note: text,
    priority: { enum: ['P0', 'P1', 'P2'] },
  },
};

const BULK_RESULT: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'word', 'items'],
  properties: {
    apiVersion: text,
    kind: { const: 'BulkAction' },
    word: text,
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['mission'],
        properties: { mission: text, state: text, problem: { $ref: '#/components/schemas/problem' } },
      },
    },
  },
};

const plainObject = (description: string): Record<string, JsonObject> => ({
  '200': { description, ...json({ type: 'object' }) },
});

/** What is asked of the server as a whole. */
/** JSON-RPC 2.0. */
const MESSAGE: JsonObject = { type: 'object', properties: { jsonrpc: { const: '2.0' }, id: {}, method: text } };

const WHOLE: JsonObject = {
  '/v1/queue': {
    get: described({
      id: 'queue',
      summary: 'How much there is to do.',
      answers: { '200': { description: 'Now.', ...json(QUEUE) } },
    }),
  },
  '/v1/bulk-actions': {
    post: described({
      id: 'bulk-actions',
      summary: 'Say one word to many missions.',
      body: { required: true, ...json(BULK) },
      answers: { '200': { description: 'Of each, whether it was heard.', ...json(BULK_RESULT) } },
    }),
  },
  '/mcp': {
    post: described({
      id: 'mcp',
      summary: 'A message of the Model Context Protocol (Streamable HTTP): the operations as tools for coding agents.',
      body: { required: true, ...json(MESSAGE) },
      answers: {
        '200': { description: 'The answer.', ...json(MESSAGE) },
        '202': { description: 'A message that has no answer.' },
      },
    }),
  },
  '/metrics': {
    get: described({
      id: 'metrics',
      summary: 'Figures for Prometheus.',
      answers: { '200': { description: 'Text exposition format.', content: { 'text/plain': { schema: text } } } },
    }),
  },
  '/healthz': { get: { ...described({ id: 'healthz', summary: 'It lives.', answers: plainObject('It does.') }), ...PUBLIC } },
  '/readyz': { get: { ...described({ id: 'readyz', summary: 'It can be asked.', answers: plainObject('It can.') }), ...PUBLIC } },
};
