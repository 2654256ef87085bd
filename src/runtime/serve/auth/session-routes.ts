import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { type Principal, unknownCaller } from '../principal.ts';
import type { Gate } from './gate.ts';
import type { Login } from './login.ts';
import { cookieNamed, isSameOrigin, type Sessions } from './sessions.ts';

interface Parts {
  sessions?: Sessions | undefined;
  login?: Login | undefined;
}

/** Seconds that somebody may take to log in at their issuer. */
const PATIENCE = 600;

/** Cookie that ties the way back from the issuer to the way there. It comes back from another site: so it cannot be `Strict`. */
const KEPT = 'agentnexus-login';

/** A page of our own between the issuer and the board: a browser brings `Strict` cookies along only from there. */
const ARRIVED = '<!doctype html><title>AgentNexus</title><meta http-equiv="refresh" content="0;url=/"><a href="/">Go on</a>';

/** Login and logout of browsers: at an issuer, or with a token. */
export function mountSessions(app: FastifyInstance, gate: Gate, { sessions, login }: Parts): void {
  if (sessions === undefined) return;
  app.get('/v1/session', (request) => describe(request, { gate, sessions, login }));
  app.post('/v1/session', async (request, reply) => {
    const { token } = isJsonObject(request.body) ? request.body : {};
    if (!isSameOrigin(request)) throw otherSite();
    if (typeof token !== 'string') throw unknownCaller('No token was sent.', 'no token');
    const who = await gate.allowedToken(token, {}, { what: 'POST /v1/session', from: request.ip });
    return enter(reply, who, { sessions, by: 'token' });
  });
  app.delete('/v1/session', async (request, reply) => {
    await gate.known(request);
    const session = await sessions.read(request);
    if (session !== undefined) reply.header('set-cookie', await sessions.end(session));
    return reply.code(204).send();
  });
  if (login !== undefined) mountLogin(app, gate, { sessions, login });
}

function mountLogin(
  app: FastifyInstance,
  gate: Gate,
  { sessions, login }: Required<Parts> & { sessions: Sessions; login: Login },
): void {
  app.get('/login', async (request, reply) => {
    const { location, kept } = await login.start(originOf(request));
    reply.header('set-cookie', keeping(kept, request)).header('cache-control', 'no-store');
    return reply.redirect(location);
  });
  app.get('/login/callback', async (request, reply) => {
    const query: Readonly<Record<string, unknown>> = { ...(request.query as object) };
    const kept = cookieNamed(request.headers.cookie, KEPT);
    const who = await gate.admitted(request, async () => login.finish(query, { kept, origin: originOf(request) }));
    const { cookie } = await sessions.begin(who, 'issuer');
    reply.header('set-cookie', [cookie, keeping('', request)]).header('cache-control', 'no-store');
    return reply.type('text/html; charset=utf-8').send(ARRIVED);
  });
}

/** How things stand for whoever asks; nobody needs to be known for it, but a token that is shown must be good. */
async function describe(
  request: FastifyRequest,
  { gate, sessions, login }: { gate: Gate; sessions: Sessions; login: Login | undefined },
): Promise<JsonObject> {
  const ways = { token: true, issuer: login === undefined ? null : { url: '/login', ...login.description } };
  const answer = { apiVersion: 'agentnexus.dev/v1', kind: 'Session', login: ways };
  if (request.headers.authorization !== undefined) return { ...answer, authenticated: true, ...shown(await gate.known(request)) };
  const session = await sessions.read(request).catch((error: unknown) => {
    if (error instanceof NexusError) return undefined;
    throw error;
  });
  if (session === undefined) return { ...answer, authenticated: false };
  return { ...answer, authenticated: true, csrf: session.csrf, ...shown(session.principal) };
}

function shown({ name, scopes, missions, expires }: Principal): JsonObject {
  return {
    name,
    scopes: [...scopes],
    missions: missions === undefined ? 'all' : missions === 'own' ? missions : [...missions],
    expiresAt: expires === undefined ? null : new Date(expires).toISOString(),
  };
}

async function enter(
  reply: FastifyReply,
  who: Principal,
  { sessions, by }: { sessions: Sessions; by: 'token' },
): Promise<JsonObject> {
  const { cookie, csrf } = await sessions.begin(who, by);
  reply.code(201).header('set-cookie', cookie).header('cache-control', 'no-store');
  return { apiVersion: 'agentnexus.dev/v1', kind: 'Session', authenticated: true, csrf, name: who.name, scopes: [...who.scopes] };
}

const originOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}`;

function keeping(kept: string, { protocol }: FastifyRequest): string {
  const age = kept === '' ? 0 : PATIENCE;
  return `${KEPT}=${kept}; Path=/login; Max-Age=${age}; HttpOnly; SameSite=Lax${protocol === 'https' ? '; Secure' : ''}`;
}

function otherSite(): NexusError {
  return new NexusError('AUTH_DENIED', 'Another site asks for this.', {
    hint: 'Log in at the page of this server.',
    details: { reason: 'csrf' },
  });
}
