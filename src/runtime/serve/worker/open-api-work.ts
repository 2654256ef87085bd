import type { JsonObject } from '../../../base/json.ts';
import { EVENT_SCHEMA, QUESTION_SCHEMA, RESULT_SCHEMA } from '../../cluster/work-schemas.ts';
import { described, inPath, json } from '../open-api-others.ts';

const text = { type: 'string' } as const;
const digests = { type: 'array', items: text } as const;
const object = (properties: Record<string, JsonObject>): JsonObject => ({ type: 'object', properties });
const answered = (description: string): Record<string, JsonObject> => ({ '200': { description, ...json({ type: 'object' }) } });
const body = (schema: JsonObject): JsonObject => ({ required: true, ...json(schema) });

const LEASE = [inPath('lease')];
const CONTENT = [inPath('lease'), inPath('digest')];
const BYTES: JsonObject = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const HEARD = answered('It was heard.');

/** How workers speak with the control plane. */
export const WORK_PATHS: JsonObject = {
  '/v1/pools/{pool}/lease': {
    post: described({
      id: 'work.lease',
      summary: 'Wait for a task of a pool.',
      parameters: [inPath('pool')],
      body: body(object({ version: text, wait: { type: 'number', minimum: 0, maximum: 60 } })),
      answers: { ...answered('A task, and what it is made from.'), '204': { description: 'None has come.' } },
    }),
  },
  '/v1/leases/{lease}/heartbeat': {
    post: described({ id: 'work.heartbeat', summary: 'Be heard of.', parameters: LEASE, answers: HEARD }),
  },
  '/v1/leases/{lease}/events': {
    post: described({
      id: 'work.events',
      summary: 'What has happened to the agent.',
      parameters: LEASE,
      body: body(object({ items: { type: 'array', items: EVENT_SCHEMA } })),
      answers: HEARD,
    }),
  },
  '/v1/leases/{lease}/questions': {
    post: described({
      id: 'work.ask',
      summary: 'Put to a person what the profile of the agent leaves open, or come for the answer again.',
      parameters: LEASE,
      body: body(QUESTION_SCHEMA),
      answers: { ...answered('The answer.'), '204': { description: 'There is none yet.' } },
    }),
  },
  '/v1/leases/{lease}/contents': {
    post: described({
      id: 'work.missing',
      summary: 'Which of these contents are not there yet.',
      parameters: LEASE,
      body: body(object({ digests })),
      answers: answered('Those that are missing.'),
    }),
  },
  '/v1/leases/{lease}/contents/{digest}': {
    get: described({
      id: 'work.fetch',
      summary: 'A content that lies below the task.',
      parameters: CONTENT,
      answers: { '200': { description: 'Its bytes.', content: BYTES } },
    }),
    put: described({
      id: 'work.send',
      summary: 'A content that was made.',
      parameters: CONTENT,
      body: { required: true, content: BYTES },
      answers: { '204': { description: 'It is there.' } },
    }),
  },
  '/v1/leases/{lease}/result': {
    post: described({
      id: 'work.result',
      summary: 'How the task has ended.',
      parameters: LEASE,
      body: body(RESULT_SCHEMA),
      answers: HEARD,
    }),
  },
  '/v1/leases/{lease}/return': {
    post: described({
      id: 'work.return',
      summary: 'Give the task back.',
      parameters: LEASE,
      body: body(object({ reason: text })),
      answers: HEARD,
    }),
  },
};
