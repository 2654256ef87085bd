import type { AddressInfo } from 'node:net';

import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { findMission, isOpen, missionRow } from '../mission/queries.ts';
import { call } from '../app/call.ts';
import type { Host } from '../app/host.ts';
import { checkInput, CONTRACTS, type Scope } from '../app/operation-contracts.ts';
import type { CallContext } from '../app/operations.ts';
import { EventFeed } from './event-feed.ts';
import { streamEvents, type StreamOptions } from './event-stream.ts';
import { type Hello, serveMissionEvents } from './mission-events.ts';
import { openApi } from './open-api.ts';
import { packProof } from './pack-proof.ts';
import { authenticate, type Authority, demand, type Principal, principalOf } from './principal.ts';
import { problemOf } from './problem.ts';
import { type Route, ROUTES } from './routes.ts';
import { SpecificationDesk, UPLOAD_TYPES } from './specification-desk.ts';
import { IdempotentRequest, readSubmission } from './submission.ts';

export interface ControlPlane {
  host: Host;
  authorities: readonly Authority[];
  /** The package's folder, which the published schemas lie in. */
  root: string;
}

export interface Serving {
  /** `http://127.0.0.1:4300`. */
  url: string;
  close(): Promise<void>;
}

/** Bytes of a request that is no specification. */
const BODY = 1_048_576;
const UPLOAD = 64 * 1_048_576;

/** The control plane over HTTP: REST, server-sent events, WebSocket. Every answer is an operation's, or a stream of the log. */
export async function serve(
  plane: ControlPlane,
  { host: address, port, tls }: { host: string; port: number; tls?: { cert: Buffer; key: Buffer } },
): Promise<Serving> {
  const app = makeServer(tls);
  const stop = new AbortController();
  await new Face(plane, stop.signal).mount(app);
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    throw new NexusError('ADDRESS_UNUSABLE', `Nobody can listen at ${address}:${port}.`, {
      hint: 'Choose another with --host and --port; another server may be there.',
      details: { address, port },
      cause: error,
    });
  }
  const { port: chosen } = app.server.address() as AddressInfo;
  return {
    url: `http${tls === undefined ? '' : 's'}://${address.includes(':') ? `[${address}]` : address}:${chosen}`,
    async close() {
      stop.abort();
      await app.close();
    },
  };
}

function makeServer(tls: { cert: Buffer; key: Buffer } | undefined): FastifyInstance {
  const options = {
    bodyLimit: BODY,
    routerOptions: { maxParamLength: 512 },
    requestTimeout: 60_000,
    forceCloseConnections: true,
  };
  return tls === undefined ? fastify(options) : fastify({ ...options, https: tls });
}

class Face {
  readonly #plane: ControlPlane;
  readonly #stop: AbortSignal;
  readonly #feed: EventFeed;
  readonly #desk: SpecificationDesk;

  constructor(plane: ControlPlane, stop: AbortSignal) {
    const { log, workspace } = plane.host.engine;
    this.#plane = plane;
    this.#stop = stop;
    this.#feed = new EventFeed(log, workspace.id.slice(0, 8));
    this.#desk = new SpecificationDesk(workspace);
  }

  async mount(app: FastifyInstance): Promise<void> {
    await app.register(websocket, { options: { maxPayload: 65_536 } });
    for (const type of Object.keys(UPLOAD_TYPES)) {
      app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: UPLOAD }, (_request, body, done) => done(null, body));
    }
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    app.setNotFoundHandler(async (request, reply) => {
      const nowhere = new NexusError('NOT_FOUND', `There is nothing at ${request.method} ${pathOf(request)}.`, {
        hint: '`GET /openapi.json` lists what there is.',
      });
      return this.#fail(nowhere, request, reply);
    });
    this.#public(app);
    this.#submissions(app);
    this.#streams(app);
    for (const route of ROUTES) this.#operation(app, route);
  }

  #public(app: FastifyInstance): void {
    app.get('/healthz', async () => ({ status: 'ok' }));
    app.get('/readyz', async () => ({ status: 'ready', entries: this.#plane.host.engine.log.size }));
    app.get('/openapi.json', async () => openApi(this.#plane.root));
  }

  #operation(app: FastifyInstance, route: Route): void {
    const { method, path, operation, context = {}, status, pick } = route;
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const who = await this.#allowed(request, CONTRACTS[operation].scope);
        const input = await checkInput(operation, route.input(this.#asked(request)));
        const output = await call(operation, input, { ...this.#context(who), ...context });
        if (status !== undefined) reply.code(status(output));
        return pick === undefined ? document(output) : pick(output);
      },
    });
  }

  #submissions(app: FastifyInstance): void {
    for (const url of ['/v1/specifications', '/specifications']) {
      app.post(url, { bodyLimit: UPLOAD }, async (request, reply) => {
        const who = await this.#allowed(request, 'specifications:write');
        if (!Buffer.isBuffer(request.body)) throw unread(request);
        const { digest, path } = this.#desk.keep(request.body, request.headers['content-type'] ?? '');
        const read = await call('validate', { bundle: path }, this.#context(who));
        reply.code(201).header('location', `/v1/specifications/${digest}`);
        return { ...document(read), upload: digest };
      });
    }
    for (const url of ['/v1/missions', '/missions']) {
      app.post(url, async (request, reply) => this.#submit(request, reply));
    }
  }

  async #submit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const who = await this.#allowed(request, CONTRACTS.apply.scope);
    const { host } = this.#plane;
    const body = bodyOf(request);
    const key = request.headers['idempotency-key'];
    const repeated = typeof key === 'string' ? new IdempotentRequest(host, { key, by: who.name, body }) : undefined;
    const before = repeated?.mission();
    const context: CallContext = { ...this.#context(who), beginOnly: true };
    if (before !== undefined) return document(await call('status', { mission: before }, context));
    const input = await readSubmission(body, (name) => this.#desk.find(name));
    const view = await call('apply', input, context);
    if (view.kind === 'Mission') {
      await repeated?.settle(view.id);
      reply.code(201).header('location', `/v1/missions/${view.id}`);
    }
    return document(view);
  }

  #streams(app: FastifyInstance): void {
    app.get('/v1/missions/:mission/proof', async (request, reply) => this.#proof(request, reply));
    app.get('/v1/events/stream', async (request, reply) => this.#stream(request, reply));
    app.get('/v1/missions/:mission/events/stream', async (request, reply) => this.#stream(request, reply));
    app.get('/v1/missions/:mission/events', (request) => this.#events(request));
    for (const url of ['/v1/mission-events', '/mission-events']) {
      app.get(url, { websocket: true }, (socket) => {
        const open = async (hello: Hello): Promise<Omit<StreamOptions, 'signal'>> => {
          await this.#demand(await principalOf(hello.token, this.#plane.authorities), 'missions:read', 'mission-events');
          return this.#from(hello.after, hello.mission);
        };
        void serveMissionEvents(socket, this.#feed, { open, signal: this.#stop });
      });
    }
  }

  /** The whole proof of a mission (`evidence export`), as an archive. */
  async #proof(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const who = await this.#allowed(request, CONTRACTS['evidence.export'].scope);
    const mission = this.#asked(request).params['mission'] ?? '';
    const { workspace } = this.#plane.host.engine;
    const content = await packProof(mission, workspace.scratch, this.#context(who));
    return reply.type('application/gzip').header('content-disposition', `attachment; filename="${mission}.tar.gz"`).send(content);
  }

  async #stream(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#allowed(request, 'missions:read');
    const { mission } = paramsOf(request);
    // A browser that reconnects knows better than the address it was given at first.
    const after = textOf(request.headers['last-event-id']) ?? textOf(queryOf(request)['after']);
    const options = this.#from(after, mission);
    reply.hijack();
    await streamEvents(this.#feed, reply.raw, { ...options, signal: this.#stop });
  }

  /** One page of a mission's events; `wait` (seconds, 30 at most) holds the answer back until there is one. */
  async #events(request: FastifyRequest): Promise<unknown> {
    await this.#allowed(request, 'missions:read');
    const { after, limit = '500', wait = '0' } = queryOf(request);
    const options = this.#from(textOf(after), paramsOf(request)['mission']);
    const most = Math.min(Math.max(Number(limit) || 500, 1), 500);
    const patience = AbortSignal.any([this.#stop, AbortSignal.timeout(Math.min(Number(wait) || 0, 30) * 1000 + 1)]);
    const events: JsonValue[] = [];
    let last = this.#feed.cursorOf(options.after);
    const enough = new AbortController();
    await this.#feed.follow(
      {
        take({ text, cursor }) {
          const event: JsonValue = JSON.parse(text);
          events.push(event);
          last = cursor;
          if (events.length === most) enough.abort();
          return true;
        },
        ready: async () => undefined,
      },
      {
        ...options,
        signal: AbortSignal.any([patience, enough.signal]),
        isOver: () => events.length > 0 || options.isOver?.() === true,
      },
    );
    return { apiVersion: API_VERSION, kind: 'Events', items: events, next: last };
  }

  /** Where a stream begins. Throws `CURSOR_UNKNOWN` for a cursor of another log, and `NOT_FOUND`. */
  #from(after: string | undefined, name: string | undefined): Omit<StreamOptions, 'signal'> {
    const { db } = this.#plane.host.engine.log;
    const row = name === undefined ? undefined : findMission(db, name);
    const start = row === undefined ? this.#feed.head : row.first_seq - 1;
    const position = after === undefined ? start : this.#feed.positionOf(after);
    if (position === undefined) {
      throw new NexusError('CURSOR_UNKNOWN', `${after} is no position of this log.`, {
        hint: 'Read how things stand (`GET /v1/missions`), and begin again without a cursor.',
        details: { after },
      });
    }
    if (row === undefined) return { after: position };
    const isOver = (): boolean => {
      const now = missionRow(db, row.id);
      return now !== undefined && !isOpen(now);
    };
    return { after: position, mission: row.id, isOver };
  }

  #asked(request: FastifyRequest): Parameters<Route['input']>[0] {
    const params = paramsOf(request);
    const { mission } = params;
    // A prefix is as good as an id; what is neither never gets further than here.
    const id = mission === undefined ? {} : { mission: findMission(this.#plane.host.engine.log.db, mission).id };
    return {
      params: { ...params, ...id },
      query: queryOf(request),
      body: request.method === 'POST' ? bodyOf(request) : {},
      specification: (name) => this.#desk.find(name),
    };
  }

  #context({ name }: Principal): CallContext {
    const { dir } = this.#plane.host.engine.workspace;
    return { cwd: dir, workspace: dir, by: name };
  }

  async #allowed(request: FastifyRequest, scope: Scope): Promise<Principal> {
    const who = await authenticate(request.headers.authorization, this.#plane.authorities);
    await this.#demand(who, scope, `${request.method} ${pathOf(request)}`);
    return who;
  }

  /** What somebody known was denied is for the record. */
  async #demand(who: Principal, scope: Scope, what: string): Promise<void> {
    try {
      demand(who, scope);
    } catch (error) {
      const data = { by: who.name, scope, what: what.slice(0, 500) };
      await this.#plane.host.engine.log.append([{ kind: 'access.denied', data }]);
      throw error;
    }
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const problem = problemOf(error, pathOf(request));
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="agentnexus"');
    return reply.code(problem.status).type('application/problem+json').send(problem);
  }
}

const API_VERSION = 'agentnexus.dev/v1';

function document({ kind, ...rest }: { kind: string }): object {
  return { apiVersion: API_VERSION, kind, ...rest };
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

const paramsOf = ({ params }: FastifyRequest): Record<string, string> => params as Record<string, string>;

const queryOf = ({ query }: FastifyRequest): Record<string, string | string[] | undefined> =>
  query as Record<string, string | string[] | undefined>;

const textOf = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** No body is an empty one: most verbs need nothing beside their address. */
function bodyOf(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (body === undefined || body === null) return {};
  if (isJsonObject(body)) return body;
  throw unread(request);
}

function unread({ headers }: FastifyRequest): NexusError {
  return new NexusError('USAGE', `Nothing can be read from a body of type ${headers['content-type'] ?? 'unknown'} here.`, {
    hint: `A specification is sent as ${Object.keys(UPLOAD_TYPES).join(', ')}; all else is a JSON object.`,
  });
}
