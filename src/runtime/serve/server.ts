import type { AddressInfo } from 'node:net';

import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { findMission } from '../mission/queries.ts';
import type { Host } from '../app/host/host.ts';
import { CONTRACTS } from '../app/operation-contracts.ts';
import type { OperationName } from '../app/operations.ts';
import type { LogsView } from '../app/views.ts';
import { Gate, type GateOptions, type Wish } from './auth/gate.ts';
import type { Login } from './auth/login.ts';
import { protectPages } from './auth/protect-pages.ts';
import { mountSessions } from './auth/session-routes.ts';
import { asyncApi } from './async-api.ts';
import { mountBoard } from './board.ts';
import { Counter, documentOf, type Request } from './counter.ts';
import { asksForBatch, BATCH, batchOf } from './event-batch.ts';
import { readEvents } from './event-page.ts';
import { streamEvents, type StreamOptions } from './event-stream.ts';
import { grpcHandler } from './grpc/grpc-handler.ts';
import { type Hello, serveMissionEvents } from './mission-events.ts';
import { type LedgerOptions, mountLedger } from './ledger-routes.ts';
import { mountMcp } from './mcp/http-server.ts';
import { OnePort } from './one-port.ts';
import { openApi } from './open-api.ts';
import { packProof } from './pack-proof.ts';
import { type Authority, type Principal, whileGood } from './principal.ts';
import { problemOf } from './problem.ts';
import { type Route, ROUTES } from './routes.ts';
import type { ServerTls } from './server-tls.ts';
import { isSpecLog } from './spec-logs.ts';
import { entityTag, isNamed } from './traffic/entity-tag.ts';
import { packAnswers } from './traffic/pack-answers.ts';
import { mountTraffic } from './traffic/traffic-routes.ts';
import { mountSpecifications } from './specification-routes.ts';
import { mountWork } from './worker/work-routes.ts';

export interface ControlPlane {
  host: Host;
  authorities: readonly Authority[];
  /** Other ways than a bearer token by which somebody may be known. */
  access?: Access;
  ledger?: LedgerOptions;
  /** The package's folder, which the published schemas lie in. */
  root: string;
}

export interface Access extends Pick<GateOptions, 'certificates' | 'sessions' | 'denials' | 'limits'> {
  /** Login of people at an issuer. */
  login?: Login | undefined;
}

export interface Serving {
  /** `http://127.0.0.1:4300`. */
  url: string;
  /** What is answered there, as `GET /v1/missions`. */
  routes: readonly string[];
  close(): Promise<void>;
}

/** Bytes of a request that is no specification. */
const BODY = 1_048_576;

/** The control plane on one port: REST, server-sent events, WebSocket, gRPC. Every answer is an operation's, or a stream of the log. */
export async function serve(
  plane: ControlPlane,
  { host: address, port: wanted, tls }: { host: string; port: number; tls?: ServerTls },
): Promise<Serving> {
  const stop = new AbortController();
  const gate = new Gate(plane.host.engine.log, { authorities: plane.authorities, ...plane.access });
  const counter = new Counter(plane.host, gate);
  const port = new OnePort(tls, (fallback) => grpcHandler(counter, { fallback, stop: stop.signal }));
  const app = makeServer(port);
  protectPages(app, tls !== undefined);
  packAnswers(app);
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((each) => `${each} ${url}`)));
  await new Face(plane, { counter, stop: stop.signal }).mount(app);
  try {
    await app.listen({ host: address, port: wanted });
  } catch (error) {
    throw new NexusError('ADDRESS_UNUSABLE', `Nobody can listen at ${address}:${wanted}.`, {
      hint: 'Choose another with --host and --port; another server may be there.',
      details: { address, port: wanted },
      cause: error,
    });
  }
  const { port: chosen } = app.server.address() as AddressInfo;
  return {
    url: `http${tls === undefined ? '' : 's'}://${address.includes(':') ? `[${address}]` : address}:${chosen}`,
    routes,
    async close() {
      stop.abort();
      const closed = app.close();
      port.end();
      await closed;
      await gate.close();
    },
  };
}

/** What the router refuses before any route hears of it is a problem like any other. */
function refuseUnrouted(error: Error & { statusCode?: number }, { url }: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, url.split('?', 1)[0]?.slice(0, 500) ?? '');
  void reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function makeServer(port: OnePort): FastifyInstance {
  return fastify({
    frameworkErrors: refuseUnrouted,
    bodyLimit: BODY,
    routerOptions: { maxParamLength: 512 },
    serverFactory: (handler) => port.server(handler),
  });
}

class Face {
  readonly #plane: ControlPlane;
  readonly #stop: AbortSignal;
  readonly #counter: Counter;

  constructor(plane: ControlPlane, { counter, stop }: { counter: Counter; stop: AbortSignal }) {
    this.#plane = plane;
    this.#stop = stop;
    this.#counter = counter;
  }

  async mount(app: FastifyInstance): Promise<void> {
    await app.register(websocket, { options: { maxPayload: 65_536 } });
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    app.setNotFoundHandler(async (request, reply) => {
      const nowhere = new NexusError('NOT_FOUND', `There is nothing at ${request.method} ${pathOf(request)}.`, {
        hint: '`GET /openapi.json` lists what there is.',
      });
      return this.#fail(nowhere, request, reply);
    });
    mountTraffic(app, this.#counter);
    this.#public(app);
    mountSessions(app, this.#counter.gate, this.#plane.access ?? {});
    mountBoard(app, this.#plane.root);
    mountSpecifications(app, this.#counter);
    this.#submissions(app);
    this.#streams(app);
    mountLedger(app, this.#counter, this.#plane.ledger);
    mountWork(app, this.#counter, this.#stop);
    mountMcp(app, this.#counter);
    for (const route of ROUTES) this.#operation(app, route);
  }

  #public(app: FastifyInstance): void {
    app.get('/healthz', async () => ({ status: 'ok' }));
    app.get('/readyz', async () => ({ status: 'ready', entries: this.#plane.host.engine.log.size }));
    app.get('/asyncapi.json', async () => asyncApi());
    app.get('/openapi.json', async () => openApi(this.#plane.root));
  }

  #operation(app: FastifyInstance, route: Route): void {
    const { method, path: url, operation } = route;
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        const who = await this.#allowed(request, operation);
        const { pick, type } = this.#represented(route, request, reply);
        if (route.isRead === true) {
          const tag = entityTag(this.#counter.mark.now, { by: who.name, url: request.url, type });
          reply.header('etag', tag).header('cache-control', 'private, no-cache');
          if (isNamed(tag, request.headers['if-none-match'])) return reply.code(304).send();
        }
        const { text, status } = await this.#counter.perform({ ...route, pick }, askedBy(request), who);
        if (route.query?.includes('after') === true) linkNext(request, reply, nextIn(text));
        if (operation === 'logs') reply.header('vary', 'accept');
        return reply.code(status).type(type).send(text);
      },
    });
  }

  /** Entries may be had as events, too. */
  #represented({ operation, pick }: Route, request: FastifyRequest, reply: FastifyReply): Represented {
    if (operation !== 'logs' || !asksForBatch(request.headers.accept)) return { pick, type: JSON_TYPE };
    const { feed } = this.#counter;
    const batch = (view: LogsView): unknown => {
      linkNext(request, reply, view.next?.toString());
      return batchOf(view, (seq) => feed.cursorOf(seq));
    };
    return { pick: (output) => batch(output as LogsView), type: BATCH };
  }

  #submissions(app: FastifyInstance): void {
    for (const url of ['/v1/missions', '/missions']) {
      app.post(url, async (request, reply) => this.#submit(request, reply));
    }
  }

  async #submit(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const who = await this.#allowed(request, 'apply');
    const key = textOf(request.headers['idempotency-key']);
    const { text, begun } = await this.#counter.submit(bodyOf(request), { key, who });
    if (begun !== undefined) reply.code(201).header('location', `/v1/missions/${begun}`);
    return reply.type(JSON_TYPE).send(text);
  }

  #streams(app: FastifyInstance): void {
    app.get('/v1/missions/:mission/proof', async (request, reply) => this.#proof(request, reply));
    app.get('/v1/events/stream', async (request, reply) => this.#stream(request, reply));
    app.get('/v1/spec.logs/stream', async (request, reply) => this.#stream(request, reply, { only: isSpecLog }));
    app.get('/v1/missions/:mission/events/stream', async (request, reply) => this.#stream(request, reply));
    app.get('/v1/missions/:mission/events', async (request, reply) => this.#events(request, reply));
    this.#channels(app, ['/v1/mission-events', '/mission-events']);
    this.#channels(app, ['/v1/spec.logs', '/spec.logs'], { only: isSpecLog });
  }

  #channels(app: FastifyInstance, urls: readonly string[], which: Pick<StreamOptions, 'only'> = {}): void {
    for (const url of urls) {
      app.get(url, { websocket: true }, (socket, request) => {
        const open = async ({ token, after, mission }: Hello): Promise<StreamOptions> => {
          const wish: Wish = { scope: 'missions:read', mission };
          const who = await this.#counter.gate.allowedToken(token, wish, {
            what: url.slice(url.lastIndexOf('/') + 1),
            from: request.ip,
          });
          return { ...this.#counter.from(after, mission), ...which, signal: whileGood(who, this.#stop) };
        };
        void serveMissionEvents(socket, this.#counter, { open, signal: this.#stop });
      });
    }
  }

  /** The whole proof of a mission (`evidence export`), as an archive. */
  async #proof(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const who = await this.#allowed(request, 'evidence.export');
    const { workspace, log } = this.#plane.host.engine;
    const mission = findMission(log.db, paramsOf(request)['mission'] ?? '').id;
    const content = await packProof(mission, workspace.scratch, this.#counter.context(who));
    return reply.type('application/gzip').header('content-disposition', `attachment; filename="${mission}.tar.gz"`).send(content);
  }

  async #stream(request: FastifyRequest, reply: FastifyReply, which: Pick<StreamOptions, 'only'> = {}): Promise<void> {
    const { mission } = paramsOf(request);
    const who = await this.#counter.gate.allowed(request, { scope: 'missions:read', mission });
    // A browser that reconnects knows better than the address it was given at first.
    const after = textOf(request.headers['last-event-id']) ?? textOf(queryOf(request)['after']);
    const options = this.#counter.from(after, mission);
    reply.hijack();
    await streamEvents(this.#counter.feed, reply.raw, { ...options, ...which, signal: whileGood(who, this.#stop) });
  }

  /** One page of a mission's events; `wait` (seconds, 30 at most) holds the answer back until there is one. */
  async #events(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { mission } = paramsOf(request);
    await this.#counter.gate.allowed(request, { scope: 'missions:read', mission });
    const { after, limit = '500', wait = '0' } = queryOf(request);
    const { texts, next } = await readEvents(this.#counter.feed, this.#counter.from(textOf(after), mission), {
      most: wholeIn(limit, { name: 'limit', min: 1, max: 500 }),
      seconds: wholeIn(wait, { name: 'wait', min: 0, max: 30 }),
      stop: this.#stop,
    });
    reply.header('vary', 'accept');
    const batch = `[${texts.join(',')}]`;
    if (asksForBatch(request.headers.accept)) return linkNext(request, reply, next).type(BATCH).send(batch);
    const document = { kind: 'Events', items: JSON.parse(batch) as JsonValue, next };
    return reply.type(JSON_TYPE).send(JSON.stringify(documentOf(document)));
  }

  async #allowed(request: FastifyRequest, operation: OperationName): Promise<Principal> {
    const { mission } = paramsOf(request);
    return this.#counter.gate.allowed(request, { scope: CONTRACTS[operation].scope, mission, operation });
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const problem = this.#counter.problemOf(error, pathOf(request));
    if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="agentnexus"');
    return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function wholeIn(given: string | string[], { name, min, max }: { name: string; min: number; max: number }): number {
  const value = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new NexusError('USAGE', `\`${name}\` is a whole number from ${min} to ${max}.`, { details: { [name]: given } });
}

/** The part of an answer that is sent, and its media type. */
interface Represented {
  pick: Route['pick'];
  type: string;
}

/** The `next` of an answer, which is its last member. */
function nextIn(text: string): string | undefined {
  const next = /"next":("(?:[^"\\]|\\.)*"|\d+)\}$/.exec(text)?.[1];
  return next === undefined ? undefined : String(JSON.parse(next));
}

/** `Link: <…>; rel="next"` (RFC 8288), where there is a next page. */
function linkNext({ url }: FastifyRequest, reply: FastifyReply, next: string | undefined): FastifyReply {
  if (next === undefined) return reply;
  const [path = '', search] = url.split('?', 2);
  const query = new URLSearchParams(search);
  query.set('after', next);
  return reply.header('link', `<${path}?${query.toString()}>; rel="next"`);
}

const JSON_TYPE = 'application/json; charset=utf-8';

const askedBy = (request: FastifyRequest): Request => ({
  params: paramsOf(request),
  query: queryOf(request),
  body: request.method === 'POST' ? bodyOf(request) : {},
});

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
    hint: 'All but specifications is sent as a JSON object.',
  });
}
