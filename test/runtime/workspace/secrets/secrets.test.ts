import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { SecretSource, VaultAuth } from '../../../../src/runtime/workspace/secrets/secret-source.ts';
import { Secrets } from '../../../../src/runtime/workspace/secrets/secrets.ts';
import { VaultServer } from './vault-server.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const time = { now: () => now };
let now = Date.UTC(2026, 0, 1);
const pass = (seconds: number): void => {
  now += seconds * 1000;
};

function secretsOf(source: Record<string, SecretSource>, environment: Record<string, string> = {}): Secrets {
  return new Secrets({ secrets: new Map(Object.entries(source)) }, { clock: time, environment });
}

const file = (text: string, mode = 0o600): string => {
  const path = join(dir, 'secret');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

describe('a secret', () => {
  it('comes from the environment, and is redacted from then on', async () => {
    const secrets = secretsOf({ TOKEN: { from: 'env', variable: 'APP_TOKEN' } }, { APP_TOKEN: 'value-of-token' });
    expect(secrets.redactor.isEmpty).toBe(true);
    expect(await secrets.environmentFor(['TOKEN'])).toEqual({ TOKEN: 'value-of-token' });
    expect(secrets.redactor.text('it is value-of-token')).toBe('it is [secret TOKEN]');
  });

  it('comes from a file without its last line end', async () => {
    expect(await secretsOf({ KEY: { from: 'file', path: file('from-a-file\n') } }).get('KEY')).toBe('from-a-file');
  });

  it.skipIf(process.platform === 'win32')('is refused from a file that others can read', async () => {
    await expect(secretsOf({ KEY: { from: 'file', path: file('from-a-file', 0o640) } }).get('KEY')).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
      hint: expect.stringContaining('chmod 600') as string,
    });
  });

  it('is refused with a reason where it is not to be had', async () => {
    mkdirSync(join(dir, 'folder'));
    const secrets = secretsOf(
      {
        UNSET: { from: 'env', variable: 'NOT_SET' },
        SHORT: { from: 'env', variable: 'SHORT' },
        GONE: { from: 'file', path: join(dir, 'gone') },
        FOLDER: { from: 'file', path: join(dir, 'folder') },
        VAULT: { from: 'vault', read: { path: 'a', field: 'b' } },
      },
      { SHORT: 'seven77' },
    );
    await expect(secrets.get('UNSET')).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
      message: expect.stringContaining('NOT_SET') as string,
    });
    await expect(secrets.get('SHORT')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    await expect(secrets.get('GONE')).rejects.toMatchObject({ code: 'SECRET_UNAVAILABLE' });
    await expect(secrets.get('FOLDER')).rejects.toMatchObject({ code: 'SECRET_UNAVAILABLE' });
    await expect(secrets.get('VAULT')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(secrets.get('OTHER')).rejects.toMatchObject({ code: 'SECRET_UNKNOWN' });
  });
});

describe('Vault', () => {
  let vault: VaultServer;
  let address: string;
  beforeEach(async () => {
    vault = new VaultServer(time);
    address = await vault.listen();
    vault.kv.set('secret/data/team/app', { data: { token: 'kv-token-one', port: 5432 }, version: 1 });
    vault.kv.set('secret/data/team/app?version=3', { data: { token: 'kv-token-three' }, version: 3 });
    vault.kv.set('secret/data/deleted', { data: null, version: 2 });
  });
  afterEach(() => vault.close());

  const JWT: VaultAuth = { method: 'jwt', mount: 'jwt', role: 'builder', jwt: { variable: 'CI_JWT' } };
  const KV = { mount: 'secret', path: 'team/app', field: 'token' };
  const DATABASE = { path: 'database/creds/app', field: 'password' };

  const withVault = (
    read: Record<string, typeof KV | typeof DATABASE | object>,
    more: { auth?: VaultAuth; namespace?: string; jwt?: string } = {},
  ): Secrets =>
    new Secrets(
      {
        secrets: new Map(Object.entries(read).map(([name, each]) => [name, { from: 'vault', read: each as typeof KV }])),
        vault: { address, namespace: more.namespace ?? 'team/a', auth: more.auth ?? JWT },
      },
      { clock: time, environment: { CI_JWT: more.jwt ?? 'good-jwt', VAULT_TOKEN: 'root-token' } },
    );

  it('gives a field of KV v2, in one login however often it is read', async () => {
    const secrets = withVault({ APP: KV, OLD: { ...KV, version: 3 } });
    expect([await secrets.get('APP'), await secrets.get('APP'), await secrets.get('OLD')]).toEqual([
      'kv-token-one',
      'kv-token-one',
      'kv-token-three',
    ]);
    expect(vault.calls).toEqual(['POST auth/jwt/login', 'GET secret/data/team/app', 'GET secret/data/team/app?version=3']);
  });

  it('is logged into with a Kubernetes service account, and with a token', async () => {
    const kubernetes = withVault(
      { APP: KV },
      { auth: { method: 'kubernetes', mount: 'kubernetes', role: 'builder', jwt: { file: file('good-jwt\n') } } },
    );
    expect(await kubernetes.get('APP')).toBe('kv-token-one');
    expect(vault.calls[0]).toBe('POST auth/kubernetes/login');
    const token = withVault({ APP: KV }, { auth: { method: 'token', token: { variable: 'VAULT_TOKEN' } } });
    expect(await token.get('APP')).toBe('kv-token-one');
    await token.close();
    expect(vault.tokens.has('root-token')).toBe(true);
  });

  it('knows its own tokens for secrets', async () => {
    const secrets = withVault({ APP: KV });
    await secrets.get('APP');
    expect(secrets.redactor.text('hvs.login-token-1 and good-jwt')).toBe('[secret VAULT_TOKEN] and [secret VAULT_TOKEN]');
  });

  it('is asked to renew a lease at two thirds of it, and for another when it ends for good', async () => {
    const secrets = withVault({ DB: DATABASE });
    const first = await secrets.get('DB');
    pass(399);
    expect(await secrets.get('DB')).toBe(first);
    expect(vault.calls.filter((call) => call.includes('renew'))).toEqual([]);
    pass(1);
    expect(await secrets.get('DB')).toBe(first);
    expect(vault.calls.filter((call) => call.includes('renew'))).toEqual(['PUT sys/leases/renew']);
    const seen = new Set([first]);
    for (let i = 0; i < 10; i++) {
      pass(400);
      seen.add(await secrets.get('DB'));
      const [lease] = [...vault.leases.values()].slice(-1);
      expect(lease?.ends).toBeGreaterThan(now);
    }
    expect(seen.size).toBeGreaterThan(1);
    for (const value of seen) expect(secrets.redactor.text(value)).toBe('[secret DB]');
  });

  it('rotates what has been written anew by two thirds of the login', async () => {
    const secrets = withVault({ APP: KV });
    expect(await secrets.get('APP')).toBe('kv-token-one');
    vault.kv.set('secret/data/team/app', { data: { token: 'kv-token-two' }, version: 2 });
    pass(799);
    expect(await secrets.get('APP')).toBe('kv-token-one');
    pass(1);
    expect(await secrets.get('APP')).toBe('kv-token-two');
    expect(vault.calls).toContain('POST auth/token/renew-self');
  });

  it('is logged into again when the token has come to its end, slept through or not', async () => {
    const secrets = withVault({ APP: KV });
    await secrets.get('APP');
    pass(24 * 3600);
    expect(await secrets.get('APP')).toBe('kv-token-one');
    expect(vault.calls.filter((call) => call.endsWith('login'))).toHaveLength(2);
  });

  it('gets its leases and its token back', async () => {
    const secrets = withVault({ DB: DATABASE });
    await secrets.get('DB');
    await secrets.close();
    expect(vault.leases.size).toBe(0);
    expect([...vault.tokens.keys()]).toEqual(['root-token']);
  });

  it('keeps a lease alive that nobody asks for', async () => {
    const secrets = withVault({ DB: DATABASE });
    await secrets.get('DB');
    pass(401);
    secrets.keepAlive();
    await expect.poll(() => vault.calls.at(-1)).toBe('PUT sys/leases/renew');
    await secrets.close();
  });

  it.each([
    [
      'a JWT that is not valid',
      { APP: KV },
      { jwt: 'bad-jwt-of-some-length' },
      /400 for auth\/jwt\/login: error validating token/,
      /role, mount and namespace/,
    ],
    ['another namespace', { APP: KV }, { namespace: 'team/b' }, /403/, /namespace/],
    ['a path that is not there', { APP: { ...KV, path: 'team/none' } }, {}, /404 for secret\/data\/team\/none/, /KV v2/],
    ['a field that is not there', { APP: { ...KV, field: 'user' } }, {}, /no text field `user`/, /token, port/],
    ['a field that is no text', { APP: { ...KV, field: 'port' } }, {}, /no text field `port`/, /token, port/],
    ['a version that is deleted', { APP: { ...KV, path: 'deleted' } }, {}, /has deleted/, /Restore/],
  ])('says what is wrong: %s', async (_, read, more, message, hint) => {
    await expect(withVault(read, more).get('APP')).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
    });
  });

  it('says that it is sealed, or not there', async () => {
    vault.sealed = true;
    await expect(withVault({ APP: KV }).get('APP')).rejects.toMatchObject({
      message: expect.stringContaining('sealed') as string,
    });
    vault.close();
    await expect(withVault({ APP: KV }).get('APP')).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('never says the token or the JWT in what it throws', async () => {
    const secrets = withVault({ APP: { ...KV, path: 'team/none' } });
    const error = await secrets.get('APP').catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/hvs\.|good-jwt/);
  });
});
