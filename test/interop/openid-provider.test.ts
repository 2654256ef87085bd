import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { call } from '../../src/runtime/app/call.ts';
import { remoteCall } from '../../src/cli/remote/remote-call.ts';
import { ServerBench } from '../runtime/serve/server-bench.ts';

/** An OpenID provider that is certified, as it is on npm: fetched here only, at the version that it was tried with. */
const PACKAGE = 'oidc-provider@9.13.3';

/** The provider with a board, a command line, and its own pages for logging in, which let anybody in. */
const PROVIDER = `
import Provider from 'oidc-provider';
import { createServer } from 'node:http';
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = 'http://127.0.0.1:' + server.address().port;
  process.once('message', ({ board }) => {
    const provider = new Provider(issuer, {
      clients: [
        { client_id: 'board', token_endpoint_auth_method: 'none', redirect_uris: [board + '/login/callback'] },
        { client_id: 'cli', token_endpoint_auth_method: 'none', application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'],
          grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] },
      ],
      features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true } },
      pkce: { required: () => true },
      issueRefreshToken: async () => true,
      ttl: { IdToken: 4 },
      cookies: { keys: ['some secret'] },
    });
    server.on('request', provider.callback());
    process.send({ ready: true });
  });
  process.send({ issuer });
});
`;

const folder = mkdtempSync(join(tmpdir(), 'oidc-'));
let missing = '';
let provider: ChildProcess | undefined;
let issuer = '';
let bench: ServerBench;
const before = process.env['XDG_CONFIG_HOME'];

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'provider.js'), PROVIDER);
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE];
  await promisify(execFile)('npm', install, { cwd: folder }).catch(
    (error: unknown) => (missing = `npm install ${PACKAGE} failed: ${String(error)}`),
  );
  if (missing !== '') return;
  provider = fork(join(folder, 'provider.js'), { cwd: folder, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  issuer = ((await once(provider, 'message')) as [{ issuer: string }])[0].issuer;
  bench = await ServerBench.open({
    config: {
      folder: '/',
      issuers: [
        {
          issuer,
          audience: 'agentnexus',
          privateNetwork: true,
          clockSkew: 0,
          principals: [{ claims: { sub: 'ann' }, name: 'ann', scopes: ['missions:read'] }],
        },
      ],
      login: { issuer, clientId: 'board', cliClientId: 'cli', scopes: ['openid'] },
    },
  });
  process.env['XDG_CONFIG_HOME'] = join(bench.dir, 'config');
  provider.send({ board: bench.url });
  await once(provider, 'message');
}, 180_000);

afterAll(async () => {
  if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
  else process.env['XDG_CONFIG_HOME'] = before;
  provider?.kill();
  if (missing === '') await bench.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser of a kind: keeps cookies by server, follows redirects, and fills forms in. */
class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  async open(address: string, form?: Record<string, string>): Promise<{ url: URL; response: Response; text: string }> {
    const url = new URL(address);
    const jar = this.#jars.get(url.host) ?? new Map<string, string>();
    this.#jars.set(url.host, jar);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split(/=(.*)/);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const next = response.headers.get('location');
    if (next !== null) return this.open(new URL(next, url).href);
    return { url, response, text: await response.text() };
  }

  /** Says yes to every page that asks something, as `user`. */
  async through(address: string, user = 'ann'): Promise<{ url: URL; response: Response }> {
    let page = await this.open(address);
    for (let step = 0; step < 6; step++) {
      const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1];
      if (action === undefined) break;
      const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      );
      const form = { login: user, password: 'x', ...(Object.fromEntries(hidden) as Record<string, string>) };
      page = await this.open(new URL(action, page.url).href, form);
    }
    return page;
  }

  cookie(address: string, name: string): string {
    return `${name}=${this.#jars.get(new URL(address).host)?.get(name)}`;
  }
}

describe('a certified OpenID provider', () => {
  it('lets people into the board, by code and PKCE', async (context) => {
    if (missing !== '') context.skip(missing);
    const browser = new Browser();
    const { url, response } = await browser.through(`${bench.url}/login`);
    expect([url.pathname, response.status]).toEqual(['/login/callback', 200]);
    const headers = { cookie: browser.cookie(bench.url, 'agentnexus') };
    expect(await (await fetch(`${bench.url}/v1/session`, { headers })).json()).toMatchObject({
      authenticated: true,
      name: 'ann',
    });
    expect((await new Browser().through(`${bench.url}/login`, 'mallory')).response.status).toBe(401);
  });

  it.each([{ device: false }, { device: true }])(
    'lets people in at the command line, and on (device: $device)',
    async ({ device }) => {
      if (missing !== '') return;
      const told: string[] = [];
      const here = { cwd: bench.dir, workspace: join(bench.dir, 'here'), onNotice: (text: string) => void told.push(text) };
      await call('remote.add', { name: 'lab', url: bench.url }, here);
      const login = call('remote.login', { name: 'lab', device }, here);
      while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const address = /https?:\S+/.exec(told[0] ?? '')?.[0] ?? '';
      await new Browser().through(address);
      expect(await login).toMatchObject({ as: 'ann', renewed: true });
      // Its ID tokens are good for four seconds here: what comes later is a renewed login.
      await new Promise((resolve) => setTimeout(resolve, 5000));
      expect(await remoteCall('missions', {}, { remote: 'lab', context: here })).toMatchObject({ kind: 'MissionList' });
    },
  );
});
