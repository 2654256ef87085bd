import { request } from 'node:https';
import { connect } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALL, ServerBench } from '../server-bench.ts';
import { type Certificate, makeCertificate } from './make-certificate.ts';

const authority = makeCertificate({ cn: 'clients of ours' });
const stranger = makeCertificate({ cn: 'clients of ours' });
const own = makeCertificate({ cn: 'localhost', names: ['IP:127.0.0.1', 'DNS:localhost'] });

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open({
    config: {
      folder: '/',
      tls: {
        cert: '',
        key: '',
        clients: {
          ca: '',
          principals: [
            { claims: { uri: 'spiffe://example.org/ci/*' }, scopes: ['missions:read'] },
            { claims: { CN: 'ann' }, name: 'person {CN}', scopes: ['missions:read', 'workspace:admin'] },
          ],
        },
      },
    },
    tls: { cert: own.cert, key: own.key, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
  });
});
afterAll(async () => bench.remove());

/** Status and body of a GET, with a certificate or without. */
async function ask(
  path: string,
  client?: Certificate,
  headers: Record<string, string> = {},
): Promise<[number | undefined, string, Record<string, unknown>]> {
  const options = { ca: own.cert, headers, agent: false, ...(client && { cert: client.cert, key: client.key }) };
  return new Promise((resolve, reject) => {
    const asking = request(`${bench.url}${path}`, options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve([response.statusCode, (JSON.parse(text) as { code?: string }).code ?? '', response.headers]),
      );
    });
    asking.on('error', reject).end();
  });
}

const client = (cn: string, names: string[] = []): Certificate => makeCertificate({ cn, names, by: authority });

describe('the certificate of a client', () => {
  it('stands for whom the rules say, by its names or its subject', async () => {
    expect((await ask('/v1/missions', client('ann')))[0]).toBe(200);
    expect((await ask('/v1/doctor', client('ann')))[0]).toBe(200);
    const runner = client('', ['URI:spiffe://example.org/ci/runner']);
    expect((await ask('/v1/missions', runner))[0]).toBe(200);
    expect((await ask('/v1/doctor', runner)).slice(0, 2)).toEqual([403, 'AUTH_DENIED']);
    const last = bench.host.engine.log.entry(bench.host.engine.log.size - 1);
    expect(last).toMatchObject({
      kind: 'access.denied',
      data: { by: 'spiffe://example.org/ci/runner', scope: 'workspace:admin' },
    });
  });

  it.each<[string, Certificate]>([
    ['nobody is known for', client('mallory')],
    ['another has signed', makeCertificate({ cn: 'ann', by: stranger })],
    ['it has signed itself', makeCertificate({ cn: 'ann' })],
    ['is over', makeCertificate({ cn: 'ann', by: authority, over: true })],
    ['is for another trust domain', client('', ['URI:spiffe://example.org.evil/ci/runner'])],
    ['has two SPIFFE ids', client('', ['URI:spiffe://example.org/ci/a', 'URI:spiffe://example.org/x'])],
    ['has a name that poses as two', client('x', ['DNS:a, URI:spiffe://example.org/ci/runner'])],
  ])('stands for nobody if %s', async (_, shown) => {
    expect((await ask('/v1/missions', shown)).slice(0, 2)).toEqual([401, 'AUTH_MISSING']);
  });

  it('is not asked for where a token is shown, and nobody is known without either', async () => {
    expect((await ask('/v1/missions', undefined, { authorization: `Bearer ${ALL}` }))[0]).toBe(200);
    const [status, , headers] = await ask('/v1/missions');
    expect([status, headers['strict-transport-security']]).toEqual([401, 'max-age=31536000']);
  });
});

it('TLS is 1.2 at least, and cookies go nowhere else', async () => {
  const { hostname, port } = new URL(bench.url);
  const old = new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), ca: own.cert, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
    socket.once('secureConnect', resolve).once('error', reject);
  });
  await expect(old).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL|VERSION/) });
});
