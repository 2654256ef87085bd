import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Issuer } from '../../../../src/base/generated/server.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { IssuerAuthority } from '../../../../src/runtime/serve/auth/issuer-authority.ts';
import { TinyIssuer } from './tiny-issuer.ts';

let issuer: TinyIssuer;
let ahead = 0;
const clock = { now: (): number => systemClock.now() + ahead };
beforeEach(async () => {
  ahead = 0;
  issuer = await TinyIssuer.open();
});
afterEach(async () => issuer.close());

function authority(more: Partial<Issuer> = {}): IssuerAuthority {
  const principals: Issuer['principals'] = [{ claims: { sub: '*' }, name: '{sub}', scopes: ['missions:read'] }];
  return new IssuerAuthority(
    { issuer: issuer.url, audience: 'agentnexus', privateNetwork: true, principals, ...more },
    { folder: '/' },
    { clock },
  );
}

describe('the keys of an issuer', () => {
  it('are asked for once, and again for a key that is not among them, but not for every one', async () => {
    const known = authority();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issuer.token()));
    await Promise.all(tokens.map((token) => known.principalOf(token)));
    expect(issuer.asked).toBe(1);
    await issuer.rotate('two');
    const renewed = await issuer.token();
    await expect(known.principalOf(renewed)).rejects.toMatchObject({ details: { reason: 'signature' } });
    expect(issuer.asked).toBe(1);
    ahead = 31_000;
    expect(await known.principalOf(renewed)).toMatchObject({ name: 'ann' });
    for (let round = 0; round < 20; round++) {
      await expect(known.principalOf(await issuer.token({}, { kid: `k${round}` }))).rejects.toMatchObject({
        code: 'AUTH_MISSING',
      });
    }
    expect(issuer.asked).toBe(2);
  });

  it('that were taken back are no longer good after ten minutes', async () => {
    const known = authority();
    const old = await issuer.token({ exp: Math.floor(Date.now() / 1000) + 7200 });
    expect(await known.principalOf(old)).toMatchObject({ name: 'ann' });
    await issuer.rotate('two');
    ahead = 601_000;
    await expect(known.principalOf(old)).rejects.toMatchObject({ code: 'AUTH_MISSING' });
  });

  it('are good for an hour more while it is out of order, and not for ever', async () => {
    const known = authority();
    const token = await issuer.token({ exp: Math.floor(Date.now() / 1000) + 36_000 });
    await known.principalOf(token);
    issuer.broken = 500;
    ahead = 3_000_000;
    expect(await known.principalOf(token)).toMatchObject({ name: 'ann' });
    ahead = 4_300_000;
    await expect(known.principalOf(token)).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' });
    issuer.broken = undefined;
    ahead += 31_000;
    expect(await known.principalOf(token)).toMatchObject({ name: 'ann' });
  });

  it('are not those of one that calls itself another', async () => {
    issuer.alias = 'https://issuer.example';
    await expect(authority().principalOf(await issuer.token())).rejects.toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      message: expect.not.stringContaining(issuer.url),
      cause: { message: expect.stringContaining('calls itself another') },
    });
  });
});

describe('a token', () => {
  it('is too old after a while, if that is said', async () => {
    const old = await issuer.token({ iat: Math.floor(Date.now() / 1000) - 1000 });
    expect(await authority().principalOf(old)).toMatchObject({ name: 'ann' });
    await expect(authority({ maxAge: 600 }).principalOf(old)).rejects.toMatchObject({ code: 'AUTH_MISSING' });
  });

  it('is signed as the configuration allows, whatever keys there are', async () => {
    await issuer.rotate('rsa', 'RS256');
    const token = await issuer.token({}, { alg: 'RS256' });
    expect(await authority().principalOf(token)).toMatchObject({ name: 'ann' });
    await expect(authority({ algorithms: ['ES256'] }).principalOf(token)).rejects.toMatchObject({
      details: { reason: 'algorithm' },
    });
  });

  it.each<[string, Issuer['principals'][number]['claims'], object, boolean]>([
    ['Kubernetes', { '/kubernetes.io/namespace': 'ci' }, { 'kubernetes.io': { namespace: 'ci' } }, true],
    ['Kubernetes, elsewhere', { '/kubernetes.io/namespace': 'ci' }, { 'kubernetes.io': { namespace: 'ci2' } }, false],
    ['a service account', { sub: 'system:serviceaccount:ci:*' }, { sub: 'system:serviceaccount:ci:runner' }, true],
    ['another one', { sub: 'system:serviceaccount:ci:*' }, { sub: 'system:serviceaccount:ci-evil:runner' }, false],
    [
      'GitHub Actions',
      { repository: 'acme/app', ref: 'refs/heads/main' },
      { repository: 'acme/app', ref: 'refs/heads/main' },
      true,
    ],
    [
      'a branch of it',
      { repository: 'acme/app', ref: 'refs/heads/main' },
      { repository: 'acme/app', ref: 'refs/heads/x' },
      false,
    ],
    ['a claim that is not there', { repository: '*' }, {}, false],
    ['a group among groups', { groups: ['admins', 'release'] }, { groups: ['staff', 'release'] }, true],
    ['none of the groups', { groups: ['admins'] }, { groups: ['admins-not'] }, false],
    ['a member of every object', { toString: '*' }, {}, false],
  ])('stands for somebody by its claims: %s', async (_, wanted, claims, fits) => {
    const known = authority({ principals: [{ claims: wanted, scopes: ['missions:read'] }] });
    const asked = known.principalOf(await issuer.token({ ...claims }));
    if (fits) expect((await asked)?.scopes).toEqual(new Set(['missions:read']));
    else await expect(asked).rejects.toMatchObject({ details: { reason: 'no rule' } });
  });

  it('gives a name that is one line, and no longer than it may be', async () => {
    const known = authority({ principals: [{ claims: { sub: '*' }, name: 'ci:{sub}', scopes: ['missions:read'] }] });
    const sub = `a\u001b[2J\nroot ${'x'.repeat(500)}`;
    const { name = '' } = (await known.principalOf(await issuer.token({ sub }))) ?? {};
    expect(name).toMatch(/^ci:a \[2J root x+$/);
    expect(name.length).toBe(200);
  });
});

describe('a JWT-SVID', () => {
  it('is one of its trust domain, by the keys of its bundle that are for tokens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'svid-'));
    const [jwt, x509] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    const keys = [
      { ...(await exportJWK(jwt.publicKey)), kid: 'j', use: 'jwt-svid' },
      { ...(await exportJWK(x509.publicKey)), kid: 'x', use: 'x509-svid' },
    ];
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify({ keys, spiffe_sequence: 1 }));
    const known = new IssuerAuthority(
      {
        issuer: 'spiffe://example.org',
        audience: 'agentnexus',
        jwks: { file: 'bundle.json' },
        principals: [{ claims: { sub: 'spiffe://example.org/ci/*' }, name: '{sub}', scopes: ['missions:read'] }],
      },
      { folder },
      { clock },
    );
    const svid = async (sub: string, { privateKey }: typeof jwt, header: { kid: string; typ?: string }): Promise<string> =>
      new SignJWT({ sub, aud: ['agentnexus'] })
        .setExpirationTime('5m')
        .setProtectedHeader({ alg: 'ES256', ...header })
        .sign(privateKey);
    const sub = 'spiffe://example.org/ci/runner';
    expect(await known.principalOf(await svid(sub, jwt, { kid: 'j' }))).toMatchObject({ name: sub });
    await expect(known.principalOf(await svid(sub, x509, { kid: 'x' }))).rejects.toMatchObject({ code: 'AUTH_MISSING' });
    expect(await known.principalOf(await svid('spiffe://example.org.evil/ci/runner', jwt, { kid: 'j' }))).toBeUndefined();
    expect(await known.principalOf(await svid(sub, jwt, { kid: 'j', typ: 'at+jwt' }))).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});
