import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { sha256 } from '../../../base/digest.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { pathOf, readBody, tokenOf } from './admit.ts';
import { runExchange } from './exchange.ts';
import type { Gateway, ModelDialect, Pass, PassOptions } from './gateway.ts';
import { listenOnLoopback } from './listen.ts';
import { Purse } from './purse.ts';
import { Refusal, refusalBody } from './refusal.ts';
import { openReplay, type Recording, type Replay } from './replay.ts';
import { permitted } from './request-rules.ts';
import { BASE_PATHS, type Route, routeOf } from './routes.ts';
import { secretSubstitutions } from './substitute.ts';
import { keyed, type Upstream } from './upstream.ts';

export interface GatewayOptions {
  /** Servers by the dialect that is spoken to them. */
  upstreams: Partial<Record<ModelDialect, Upstream>>;
  store: Pick<ContentStore, 'put' | 'get'>;
  /** Secrets that agents may come by: they go neither to a model nor into a recording. Keys of servers are added. */
  secrets?: () => Iterable<string>;
  /** Answers come from here, and nothing is sent to any server. */
  recording?: Recording;
  limits?: Partial<GatewayLimits>;
}

export interface GatewayLimits {
  requestBytes: number;
  responseBytes: number;
  /** Milliseconds without a byte from the server. */
  idleMs: number;
  /** Milliseconds for one exchange. */
  exchangeMs: number;
}

const LIMITS: GatewayLimits = { requestBytes: 32 * 2 ** 20, responseBytes: 64 * 2 ** 20, idleMs: 300_000, exchangeMs: 1_800_000 };

interface PassState {
  options: PassOptions;
  token: string;
  purse: Purse;
  exchanges: number;
  stop: AbortController;
  replay: Replay | undefined;
}

/** Opens the way to the models, which nobody can go without a pass. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const limits = { ...LIMITS, ...options.limits };
  /** By the digest of the token: looking one up tells nothing of the others. */
  const passes = new Map<string, PassState>();
  const server = createServer(
    { maxHeaderSize: 32 * 1024, headersTimeout: 20_000, requestTimeout: 120_000 },
    (incoming, outgoing) => {
      void serve(incoming, outgoing, { address, passes, options, limits });
    },
  );
  server.maxConnections = 512;
  const address = await listenOnLoopback(server);
  server.unref();
  return {
    address,
    open(passOptions): Pass {
      const token = `nexus-${randomBytes(24).toString('base64url')}`;
      const state: PassState = {
        options: passOptions,
        token,
        purse: new Purse(passOptions.energy, passOptions.model),
        exchanges: 0,
        stop: new AbortController(),
        replay: options.recording && openReplay(options.recording.of(passOptions.agent), options.store),
      };
      passes.set(sha256(token), state);
      return {
        baseUrl: `http://${address}${BASE_PATHS[passOptions.dialect]}`,
        token,
        used: () => state.purse.used(),
        close() {
          passes.delete(sha256(token));
          state.stop.abort();
        },
      };
    },
    close() {
      for (const { stop } of passes.values()) stop.abort();
      passes.clear();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Serving {
  address: string;
  passes: ReadonlyMap<string, PassState>;
  options: GatewayOptions;
  limits: GatewayLimits;
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, serving: Serving): Promise<void> {
  let dialect: ModelDialect = 'openai';
  try {
    const { path, query } = pathOf(incoming, serving.address);
    const token = tokenOf(incoming, query);
    const pass = token === undefined ? undefined : serving.passes.get(sha256(token));
    if (pass === undefined) throw new Refusal(401, 'no_pass', 'This needs the token of a pass that is open.');
    dialect = pass.options.dialect;
    const route = routeOf(dialect, path);
    if (route === undefined || route.method !== incoming.method)
      throw new Refusal(403, 'path_refused', 'Only the paths of the model API are let through.');
    if (route.name === 'models') return sendJson(outgoing, 200, JSON.stringify(modelList(pass)));
    await exchange(incoming, outgoing, { ...serving, pass, route });
  } catch (error) {
    if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'gateway_failed', 'The exchange could not be completed.');
    sendJson(outgoing, refusal.status, refusalBody(dialect, refusal));
  }
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  serving: Serving & { pass: PassState; route: Route },
): Promise<void> {
  const { pass, route, options, limits } = serving;
  const upstream = options.upstreams[pass.options.dialect];
  const body = permitted(await readBody(incoming, limits.requestBytes), route, {
    model: pass.options.model,
    embeddingModel: upstream?.embeddingModel,
  });
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort()).on('error', () => gone.abort());
  const from = pass.replay === undefined ? upstream && { upstream: await keyed(upstream) } : { replay: pass.replay };
  if (from === undefined) throw new Refusal(503, 'no_upstream', `No server is configured for ${pass.options.dialect}.`);
  await runExchange({
    options: pass.options,
    route,
    body,
    incoming,
    outgoing,
    purse: pass.purse,
    number: () => ++pass.exchanges,
    secrets: secretSubstitutions([
      ...keysOf(options),
      ...('upstream' in from && from.upstream.key !== undefined ? [from.upstream.key] : []),
      ...(options.secrets?.() ?? []),
      pass.token,
    ]),
    store: options.store,
    from,
    limits,
    signal: AbortSignal.any([gone.signal, pass.stop.signal, AbortSignal.timeout(limits.exchangeMs)]),
  });
}

function keysOf({ upstreams }: GatewayOptions): string[] {
  return Object.values(upstreams).flatMap(({ key }) => (typeof key === 'string' ? [key] : []));
}

/** What there is, as far as this pass goes. */
function modelList({ options: { model } }: PassState) {
  return { object: 'list', data: [{ id: model, object: 'model', created: 0, owned_by: 'agentnexus' }] };
}

/** Waiting does not help against any refusal of ours, and clients that know the header do not try. */
function sendJson(outgoing: ServerResponse, status: number, body: string): void {
  const retry: Record<string, string> = status >= 400 ? { 'x-should-retry': 'false', connection: 'close' } : {};
  outgoing.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...retry });
  outgoing.end(body);
}
