import type { FastifyInstance } from 'fastify';

import { CONTRACTS } from '../../app/operation-contracts.ts';
import { type Counter, documentOf } from '../counter.ts';
import { bulkAction, readBulk } from './bulk-actions.ts';
import { EXPOSITION_TYPE } from './exposition.ts';
import { poolsOf, queueOf } from './queue.ts';
import { ServerMetrics } from './server-metrics.ts';

/** What is asked of the server as a whole: figures, how much there is to do, one word for many missions; and the limits that hold for all. */
export function mountTraffic(app: FastifyInstance, counter: Counter): void {
  const metrics = new ServerMetrics();
  const { log } = counter.host.engine;
  app.addHook('onResponse', async ({ method, routeOptions: { url } }, { statusCode: status, elapsedTime }) => {
    metrics.answered({ method, route: url ?? 'none', status, seconds: elapsedTime / 1000 });
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const standing = counter.gate.standingOf(request);
    if (standing === undefined) return payload;
    // draft-ietf-httpapi-ratelimit-headers-10.
    const { remaining, limit, reset } = standing;
    reply.header('ratelimit-policy', `"requests";q=${limit};w=2`).header('ratelimit', `"requests";r=${remaining};t=${reset}`);
    return payload;
  });
  app.get('/metrics', async (request, reply) => {
    await counter.gate.allowed(request, { scope: 'missions:read' });
    return reply.type(EXPOSITION_TYPE).send(metrics.text(log, { streams: counter.feed.listeners }));
  });
  app.get('/v1/queue', async (request, reply) => {
    await counter.gate.allowed(request, { scope: 'missions:read' });
    return reply.send({ ...documentOf(queueOf(log.db)), pools: poolsOf(counter.host.engine) });
  });
  app.post('/v1/bulk-actions', async (request, reply) => {
    // Whatever the word needs beside that.
    await counter.gate.allowed(request, { scope: 'missions:write' });
    const bulk = readBulk(request.body);
    const who = await counter.gate.allowed(request, { scope: CONTRACTS[bulk.word].scope });
    return reply.type('application/json').send(counter.textOf(documentOf(await bulkAction(counter, bulk, who))));
  });
}
