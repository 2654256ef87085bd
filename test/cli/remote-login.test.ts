import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { remoteCall } from '../../src/cli/remote/remote-call.ts';
import { call } from '../../src/runtime/app/call.ts';
import type { CallContext } from '../../src/runtime/app/operations.ts';
import { TinyIssuer } from '../runtime/serve/auth/tiny-issuer.ts';
import { READER, ServerBench } from '../runtime/serve/server-bench.ts';

let bench: ServerBench;
let issuer: TinyIssuer;
let context: CallContext;
let told: string[] = [];
const before = process.env['XDG_CONFIG_HOME'];

beforeAll(async () => {
  issuer = await TinyIssuer.open();
  const principals = [{ claims: { sub: 'ann' }, name: 'ann', scopes: ['missions:read' as const] }];
  bench = await ServerBench.open({
    config: {
      folder: '/',
      issuers: [{ issuer: issuer.url, audience: 'agentnexus', privateNetwork: true, principals, maxAge: 300 }],
      login: { issuer: issuer.url, clientId: 'board', cliClientId: 'spec-kit' },
    },
  });
  process.env['XDG_CONFIG_HOME'] = join(bench.dir, 'config');
});
afterAll(async () => {
  if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
  else process.env['XDG_CONFIG_HOME'] = before;
  await bench.remove();
  await issuer.close();
});
beforeEach(async () => {
  told = [];
  context = { cwd: bench.dir, workspace: join(bench.dir, 'here'), onNotice: (text) => void told.push(text) };
  await call('remote.add', { name: 'lab', url: bench.url }, context);
});

/** Opens what the user was told to open, as a browser does. */
async function open(change: (back: URL) => void = () => undefined): Promise<number> {
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const [, address = ''] = told[0]?.split('\n') ?? [];
  const there = await fetch(address, { redirect: 'manual' });
  const back = new URL(there.headers.get('location') ?? '');
  change(back);
  return (await fetch(back)).status;
}

describe('a login at a remote', () => {
  it('goes by a browser, and is what the remote is shown from then on', async () => {
    await expect(remoteCall('missions', {}, { remote: 'lab', context })).rejects.toMatchObject({
      hint: expect.stringContaining('remote login lab'),
    });
    const login = call('remote.login', { name: 'lab' }, context);
    expect(await open()).toBe(200);
    expect(await login).toMatchObject({ kind: 'RemoteLogin', as: 'ann', renewed: false });
    expect(await remoteCall('missions', {}, { remote: 'lab', context })).toMatchObject({ kind: 'MissionList' });
    expect(statSync(join(bench.dir, 'config', 'agentnexus', 'remotes.json')).mode & 0o077).toBe(0);
  });

  it('listens to nobody who does not know what was sent', async () => {
    const login = call('remote.login', { name: 'lab' }, context);
    expect(await open((back) => back.searchParams.set('state', 'guess'))).toBe(404);
    expect(await open((back) => back.searchParams.set('iss', 'https://evil.example'))).toBe(404);
    expect(await open()).toBe(200);
    expect(await login).toMatchObject({ as: 'ann' });
  });

  it('goes by a browser elsewhere, and is renewed when it is over', async () => {
    issuer.pending = 2;
    const login = await call('remote.login', { name: 'lab', device: true }, context);
    expect([told[0], login]).toEqual([expect.stringContaining('ABCD'), expect.objectContaining({ as: 'ann', renewed: true })]);
    const file = join(bench.dir, 'config', 'agentnexus', 'remotes.json');
    const old = (JSON.parse(readFileSync(file, 'utf8')) as { remotes: { token: string }[] }).remotes[0]?.token;
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(String(old), await issuer.token({ exp: Math.floor(Date.now() / 1000) - 60 })),
    );
    expect(await remoteCall('missions', {}, { remote: 'lab', context })).toMatchObject({ kind: 'MissionList' });
    const now = (JSON.parse(readFileSync(file, 'utf8')) as { remotes: { token: string; refresh: object }[] }).remotes[0];
    expect([now?.token === old, now?.refresh]).toEqual([false, expect.objectContaining({ clientId: 'spec-kit' })]);
  });

  it('takes a token, too, if it is good', async () => {
    writeFileSync(join(bench.dir, 'token'), READER);
    expect(await call('remote.login', { name: 'lab', tokenFile: 'token' }, context)).toMatchObject({
      as: 'reader',
      expiresAt: null,
    });
    writeFileSync(join(bench.dir, 'token'), 'nobody');
    const refused = call('remote.login', { name: 'lab', tokenFile: 'token' }, context);
    await expect(refused).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
    expect(await remoteCall('missions', {}, { remote: 'lab', context })).toMatchObject({ kind: 'MissionList' });
  });

  it('is none where the issuer knows nobody', async () => {
    issuer.user = 'mallory';
    const login = call('remote.login', { name: 'lab', device: true }, context);
    await expect(login).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
    issuer.user = 'ann';
  });
});
