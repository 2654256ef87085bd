import { setTimeout as wait } from 'node:timers/promises';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type Digest, isDigest, sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { Lease } from '../../cluster/dispatch.ts';
import type { Job } from '../../cluster/job.ts';
import type { Answer } from '../../policy/answer.ts';
import { agentIdOf } from '../../workspace/agent.ts';
import type { Workers } from '../../app/host/workers.ts';
import type { Gate } from '../auth/gate.ts';
import { type Counter, type Document, documentOf } from '../counter.ts';

/** Bytes of one file that a worker sends, of a document of theirs, and of all that is sent for one job. */
const FILE = 64 * 1_048_576;
const DOCUMENT = 32 * 1_048_576;
const ALL = 2 * 1024 * 1_048_576;

/** Seconds that a worker is kept waiting for something to do. */
const LONGEST_WAIT = 60;

const BYTES = 'application/octet-stream';

/**
 * How workers speak with the control plane: they come for a job, fetch and send contents by digest, tell what happens, and how it ended. What they say is held against a schema, what
 * they send against its digest; and of a job that they no longer have they have nothing to say.
 */
export function mountWork(app: FastifyInstance, { host, gate }: Pick<Counter, 'host' | 'gate'>, stop: AbortSignal): void {
  const { workers, store } = host.engine;
  const sent = new WeakMap<Job, number>();
  app.addContentTypeParser(BYTES, { parseAs: 'buffer', bodyLimit: FILE }, (_request, body, done) => done(null, body));

  const leaseOf = async (request: FastifyRequest): Promise<Lease & { there: Workers }> => {
    const { who, there } = await allowed(request, { gate, workers });
    return { ...there.dispatch.heard(paramOf(request, 'lease'), who), there };
  };

  app.post('/v1/pools/:pool/lease', async (request, reply) => {
    const { who, there } = await allowed(request, { gate, workers });
    const pool = paramOf(request, 'pool');
    if (!there.names.includes(pool)) throw noPool(pool, there.names);
    const { version, wait: seconds } = bodyOf(request);
    requireSame(version);
    const lease = await there.dispatch.take(pool, who, AbortSignal.any([stop, patience(reply, seconds)]));
    if (lease === undefined) return reply.code(204).send();
    const { id, job } = lease;
    return reply.send(answer('Lease', { id, patience: there.dispatch.patience, assignment: job.assignment }));
  });
  app.post('/v1/leases/:lease/heartbeat', async (request, reply) => {
    const { id } = await leaseOf(request);
    return reply.send(answer('Heartbeat', { lease: id }));
  });
  app.post('/v1/leases/:lease/contents', { bodyLimit: DOCUMENT }, async (request, reply) => {
    await leaseOf(request);
    const { digests } = bodyOf(request);
    const asked = Array.isArray(digests) ? digests.filter(isDigest) : [];
    const missing = [...new Set(asked)].filter((digest) => store.sizeOf(digest) === undefined);
    return reply.send(answer('MissingContents', { items: missing }));
  });
  app.get('/v1/leases/:lease/contents/:digest', async (request, reply) => {
    const { job } = await leaseOf(request);
    const digest = digestIn(request);
    // What is not of the job is not even told to be there.
    if (!job.contents.has(digest)) throw new NexusError('NOT_FOUND', `The job has no content ${digest}.`);
    return reply
      .type(BYTES)
      .header('cache-control', 'private, no-store')
      .send(Buffer.from(store.get(digest)));
  });
  app.put('/v1/leases/:lease/contents/:digest', { bodyLimit: FILE }, async (request, reply) => {
    const { job } = await leaseOf(request);
    const digest = digestIn(request);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (sha256(body) !== digest) throw new NexusError('USAGE', `What was sent is not ${digest}.`);
    const total = (sent.get(job) ?? 0) + body.length;
    if (total > ALL) throw new NexusError('USAGE', `A job may send ${ALL} bytes in all.`);
    sent.set(job, total);
    await store.put(body);
    return reply.code(204).send();
  });
  app.post('/v1/leases/:lease/events', { bodyLimit: DOCUMENT }, async (request, reply) => {
    const { id, job } = await leaseOf(request);
    const { items } = bodyOf(request);
    const { agent } = describedBy(job);
    const { readEvent } = await import('../../cluster/read-work.ts');
    const events = (Array.isArray(items) ? items : []).map((each) => readEvent(each, { agent, store }));
    for (const event of events) await job.chronicle(event);
    return reply.send(answer('Heartbeat', { lease: id }));
  });
  app.post('/v1/leases/:lease/questions', async (request, reply) => {
    const { job } = await leaseOf(request);
    const { readQuestion } = await import('../../cluster/read-work.ts');
    const { number, ...what } = readQuestion(bodyOf(request));
    const said = await soon(job.questions?.answer(number, what) ?? NOBODY, patience(reply, bodyOf(request)['wait']));
    return said === undefined ? reply.code(204).send() : reply.send(answer('Answer', said));
  });
  app.post('/v1/leases/:lease/result', { bodyLimit: DOCUMENT }, async (request, reply) => {
    const { id, worker, there } = await leaseOf(request);
    const { readResult } = await import('../../cluster/read-work.ts');
    there.dispatch.settle(id, worker, readResult(bodyOf(request), store));
    return reply.send(answer('Heartbeat', { lease: id }));
  });
  app.post('/v1/leases/:lease/return', async (request, reply) => {
    const { id, worker, there } = await leaseOf(request);
    const { reason } = bodyOf(request);
    there.dispatch.giveBack(id, worker, typeof reason === 'string' ? reason.slice(0, 1_000) : 'no reason');
    return reply.send(answer('Heartbeat', { lease: id }));
  });
}

const answer = (kind: string, more: object): Document => documentOf({ kind, ...more });

/** Whoever may do tasks, and what there is for them. */
async function allowed(
  request: FastifyRequest,
  { gate, workers }: { gate: Gate; workers: Workers | undefined },
): Promise<{ who: string; there: Workers }> {
  const { name } = await gate.allowed(request, { scope: 'tasks:perform' });
  if (workers !== undefined) return { who: name, there: workers };
  throw new NexusError('NOT_FOUND', 'This control plane gives nothing out: it has no pools.', {
    hint: 'Name them in agentnexus.yaml, under `workers` (docs/workers.md).',
  });
}

/** Until the time is over, or whoever waits has gone. */
function patience(reply: FastifyReply, seconds: unknown): AbortSignal {
  const gone = new AbortController();
  const time = typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, LONGEST_WAIT) : LONGEST_WAIT;
  reply.raw.once('close', () => gone.abort());
  void wait(time * 1000, undefined, { signal: gone.signal, ref: false }).then(
    () => gone.abort(),
    () => undefined,
  );
  return gone.signal;
}

const NOBODY: Answer = { allowed: false, rule: 'nobody is there to ask' };

/** The answer, if it comes while somebody waits for it. */
async function soon(said: Answer | Promise<Answer>, waiting: AbortSignal): Promise<Answer | undefined> {
  const over = new Promise<undefined>((resolve) => waiting.addEventListener('abort', () => resolve(undefined), { once: true }));
  return Promise.race([said, over]);
}

/** Of another version the same agent may do another thing. */
function requireSame(version: unknown): void {
  if (version === PRODUCT_VERSION) return;
  throw new NexusError('WORKER_REFUSED', `This control plane is of version ${PRODUCT_VERSION}, and its workers must be.`, {
    details: { version },
  });
}

const describedBy = ({ assignment: { task, attempt, performer } }: Job): { agent: string } => ({
  agent: agentIdOf(typeof performer['name'] === 'string' ? performer['name'] : '', { task, attempt }),
});

function noPool(pool: string, names: readonly string[]): NexusError {
  return new NexusError('NOT_FOUND', `There is no pool ${pool}.`, { hint: `There are: ${names.join(', ')}.` });
}

function digestIn(request: FastifyRequest): Digest {
  const digest = paramOf(request, 'digest');
  if (isDigest(digest)) return digest;
  throw new NexusError('USAGE', 'A content is named by its digest: `sha256:…`.');
}

const paramOf = ({ params }: FastifyRequest, name: string): string => (params as Record<string, string>)[name] ?? '';

const bodyOf = ({ body }: FastifyRequest): JsonObject => (isJsonObject(body) ? body : {});
