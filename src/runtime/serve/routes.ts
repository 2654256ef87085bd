import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { CallContext, OperationName, Operations } from '../app/operations.ts';

/** What a request says, as far as a route goes by it. */
export interface Asked {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string | string[] | undefined>>;
  body: JsonObject;
  /** Where the specification lies that a name stands for. Throws `NOT_FOUND`. */
  specification: (name: string) => string;
}

export interface Route<N extends OperationName = OperationName> {
  method: 'GET' | 'POST';
  /** As fastify writes it. */
  path: string;
  operation: N;
  /** What the operation is asked. It is held against the operation's schema afterwards. */
  input: (asked: Asked) => unknown;
  /** How it is called, besides who asks. */
  context?: Partial<CallContext>;
  /** Whether it makes something: 201, and not 200. */
  isMaking?: boolean;
  /** The part of the answer that is sent. */
  pick?: ((output: Operations[N]['output']) => unknown) | undefined;
  summary: string;
  /** Members of the operation's input that are asked in the query. */
  query?: readonly string[];
  /** Whether it takes nothing beside its path. */
  isBare?: boolean;
  /** Whether the answer follows from the log alone. */
  isRead?: boolean;
  /** Whether it reads everything, and nothing but files: it is done in a process of its own. */
  isLong?: boolean;
}

const route = <N extends OperationName>(row: Route<N>): Route => row as unknown as Route;

const BEGIN: Partial<CallContext> = { beginOnly: true };

const many = (value: string | string[] | undefined): string[] | undefined =>
  value === undefined ? undefined : [value].flat().flatMap((each) => each.split(','));

const defined = (value: object): JsonObject =>
  Object.fromEntries<JsonValue>(Object.entries(value).filter(([, each]) => each !== undefined));

const word = ({ params, body }: Asked): JsonObject => ({ ...body, ...params });

const number = (text: unknown): unknown => (typeof text === 'string' && /^-?\d+$/.test(text) ? Number(text) : text);

const page = (query: Asked['query']): JsonObject => defined({ limit: number(query['limit']), after: query['after'] });

const paged = ({ params, query }: Asked): JsonObject => ({ ...params, ...page(query) });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Every route that is an operation. Reading, deciding and running a mission are separate verbs; what changes something is POST, can be repeated, and
 * answers with how things then stand.
 */
export const ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/specifications/:specification/validation',
    operation: 'validate',
    input: ({ params, specification }) => ({ bundle: specification(text(params['specification'])) }),
    summary: 'What is wrong with a specification that was sent.',
  }),
  route({
    method: 'GET',
    path: '/v1/specifications/:specification/plan',
    operation: 'plan',
    query: ['only', 'force'],
    input: ({ params, query, specification }) =>
      defined({ bundle: specification(text(params['specification'])), only: many(query['only']), force: many(query['force']) }),
    summary: 'The task graph of a specification, and what would run.',
  }),
  route({
    method: 'GET',
    path: '/v1/missions',
    operation: 'missions',
    query: ['states', 'limit', 'after'],
    input: ({ query }) => defined({ states: many(query['states']), ...page(query), limit: number(query['limit'] ?? '200') }),
    summary: 'Missions, the last first.',
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission',
    operation: 'status',
    query: ['limit', 'after'],
    input: paged,
    summary: 'How a mission and its tasks stand.',
    isRead: true,
  }),
  route({
    method: 'POST',
    path: '/v1/missions/:mission/resume',
    operation: 'resume',
    input: word,
    context: BEGIN,
    summary: 'Take a mission up where it stopped.',
  }),
  route({
    method: 'POST',
    path: '/v1/missions/:mission/retry',
    operation: 'retry',
    input: word,
    context: BEGIN,
    summary: 'Do again what has failed or was cancelled.',
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/approvals',
    operation: 'approvals.list',
    query: ['limit', 'after'],
    input: paged,
    summary: 'What of a mission waits for a person.',
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/approvals',
    operation: 'approvals.list',
    query: ['limit', 'after'],
    input: paged,
    summary: 'What waits for a person: tasks that must be approved, and what agents ask while they work.',
    isRead: true,
  }),
  ...(['pause', 'cancel', 'approve', 'reject', 'prioritise'] as const).map((operation) =>
    route({
      method: 'POST',
      path: `/v1/missions/:mission/${operation}`,
      operation,
      input: word,
      summary: `\`${operation}\`, said to a mission or to one of its tasks.`,
    }),
  ),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/graph',
    operation: 'graph',
    query: ['limit', 'after'],
    input: paged,
    summary: 'The tasks of a mission with what each needs.',
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/logs',
    operation: 'logs',
    query: ['task', 'limit', 'after'],
    input: ({ params, query }) =>
      defined({ ...params, task: query['task'], limit: number(query['limit']), after: number(query['after']) }),
    summary: 'Entries of a mission, or of one of its tasks, behind a position.',
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/tasks/:task/explanation',
    operation: 'explain',
    input: ({ params }) => params,
    summary: 'Why a task ran or was taken from the cache.',
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/report',
    operation: 'report',
    input: ({ params }) => ({ ...params, format: 'json' }),
    summary: 'Graph, timeline, cost, verdicts and proofs of a mission.',
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/evidence',
    operation: 'evidence.list',
    query: ['limit', 'after'],
    input: paged,
    summary: 'Artifacts of a mission and what is proven about them.',
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/evidence/:artifact',
    operation: 'evidence.show',
    input: ({ params }) => params,
    summary: 'The statements about one artifact.',
    isRead: true,
  }),
  route({
    method: 'POST',
    path: '/v1/missions/:mission/verification',
    operation: 'verify',
    isBare: true,
    input: ({ params }) => ({ target: params['mission'] }),
    summary: 'Verify everything that is proven about a mission.',
    isLong: true,
  }),
  route({
    method: 'GET',
    path: '/v1/missions/:mission/sbom',
    operation: 'evidence.sbom',
    query: ['format'],
    input: ({ params, query }) => ({ ...params, format: query['format'] ?? 'cyclonedx' }),
    summary: 'What the product is made of: `format=cyclonedx` or `spdx`.',
    isRead: true,
  }),
  route({
    method: 'POST',
    path: '/v1/evidence/query',
    operation: 'evidence.query',
    input: ({ body }) => body,
    summary: 'Ask the evidence by SQL, read-only.',
  }),
  route({
    method: 'POST',
    path: '/v1/missions/:mission/promotion',
    operation: 'promote',
    input: word,
    summary: 'Carry a gated release out, with what the server may.',
  }),
  route({
    method: 'GET',
    path: '/v1/agents',
    operation: 'agents.list',
    input: () => ({}),
    summary: 'Who tasks can be given to.',
  }),
  route({
    method: 'POST',
    path: '/v1/agents/check',
    operation: 'agents.check',
    input: ({ body: { bundle: _, ...body } }) => body,
    summary: 'Whether agents can be used here, and what they lack.',
  }),
  route({
    method: 'GET',
    path: '/v1/ledger/checkpoint',
    operation: 'ledger.checkpoint',
    input: () => ({}),
    summary: "The log's last signed head.",
    isRead: true,
  }),
  route({
    method: 'GET',
    path: '/v1/ledger/entries/:seq/proof',
    operation: 'ledger.prove',
    input: ({ params }) => ({ seq: number(params['seq']) }),
    summary: 'That an entry is in the log.',
    isRead: true,
  }),
  route({
    method: 'POST',
    path: '/v1/ledger/record',
    operation: 'ledger.record',
    input: ({ body }) => body,
    isMaking: true,
    summary: 'Record a signature in the log, and prove that it is there.',
  }),
  route({
    method: 'GET',
    path: '/v1/ledger/trusted-root',
    operation: 'ledger.trusted-root',
    input: () => ({}),
    summary: 'The Sigstore trusted root of this log: what others verify its proofs with.',
  }),
  route({
    method: 'POST',
    path: '/v1/ledger/fsck',
    operation: 'ledger.fsck',
    isBare: true,
    input: () => ({}),
    summary: 'Hash the whole log again.',
    isLong: true,
  }),
  route({
    method: 'POST',
    path: '/v1/cache/prune',
    operation: 'cache.prune',
    input: ({ body }) => body,
    summary: 'Take unreferenced content out of the store.',
  }),
  route({
    method: 'GET',
    path: '/v1/doctor',
    operation: 'doctor',
    input: () => ({}),
    summary: 'What the server lacks.',
  }),
  route({
    method: 'POST',
    path: '/v1/probes',
    operation: 'probe',
    input: ({ body }) => body,
    summary: 'Run a synthetic mission, which must end in verified evidence.',
  }),
  route({
    method: 'POST',
    path: '/v1/tokens',
    operation: 'tokens.create',
    input: ({ body }) => body,
    isMaking: true,
    summary: 'Lend somebody a part of what you may, for a short time.',
  }),
  route({
    method: 'POST',
    path: '/v1/tokens/:token/revocation',
    operation: 'tokens.revoke',
    input: word,
    summary: 'End a token before its time.',
  }),
];

/** Throws `RangeError` for an operation that has no route. */
export function routeOf(operation: OperationName): Route {
  const found = ROUTES.find((each) => each.operation === operation);
  if (found === undefined) throw new RangeError(`${operation} has no route`);
  return found;
}
