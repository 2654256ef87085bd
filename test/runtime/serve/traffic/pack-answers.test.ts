import { gunzipSync } from 'node:zlib';

import fastify from 'fastify';
import { expect, it } from 'vitest';

import { packAnswers } from '../../../../src/runtime/serve/traffic/pack-answers.ts';

const LONG = JSON.stringify({ text: 'long '.repeat(10_000) });

const app = fastify();
packAnswers(app);
app.get('/long', async (_request, reply) => reply.type('application/json').header('vary', 'accept').send(LONG));
app.get('/short', async (_request, reply) => reply.type('application/json').send('{}'));
app.get('/page', async (_request, reply) => reply.type('text/html').send(LONG));

const ask = (url: string, encoding: string) => app.inject({ url, headers: { 'accept-encoding': encoding } });

it.each(['gzip', 'br, gzip;q=0.5', 'deflate,GZIP'])('packs a long answer for whoever takes %s', async (encoding) => {
  const { headers, rawPayload } = await ask('/long', encoding);
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept, accept-encoding' });
  expect(Number(headers['content-length'])).toBe(rawPayload.length);
  expect(rawPayload.length).toBeLessThan(LONG.length / 20);
  expect(gunzipSync(rawPayload).toString()).toBe(LONG);
});

it.each(['', 'identity', 'br', 'gzip;q=0', 'notgzip', 'gzip; q=0.000'])('leaves it as it is for %j', async (encoding) => {
  const { headers, payload } = await ask('/long', encoding);
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers.vary).toBe('accept, accept-encoding');
  expect(payload).toBe(LONG);
});

it.each(['/short', '/page'])('leaves %s as it is', async (url) => {
  const { headers } = await ask(url, 'gzip');
  expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
});
