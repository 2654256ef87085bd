import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { askPolicy } from '../../src/runtime/policy/release/ask-policy.ts';
import { checkSignature } from '../../src/runtime/policy/release/bundle-signature.ts';
import { compiledEngine } from '../../src/runtime/policy/release/compiled-engine.ts';
import { DEFAULT_POLICY } from '../../src/runtime/policy/release/read-policy.ts';
import { parsePolicy } from '../../src/runtime/policy/release/release-policy.ts';
import { serverEngine } from '../../src/runtime/policy/release/server-engine.ts';
import { opaEngine } from '../../src/runtime/workspace/opa-engine.ts';
import { policyOf } from '../runtime/policy/release/policy-bundle.ts';
import { RELEASE_CASES } from '../runtime/policy/release/release-cases.ts';
import { freePort } from '../support/free-port.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { needTool } from './requirements.ts';
import { runTool } from './run-tool.ts';

let opa: Peer;
let dir: string;
beforeAll(async () => {
  opa = await findPeer('opa');
  dir = mkdtempSync(join(tmpdir(), 'opa-'));
}, PEER_TIMEOUT);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function written(files: Readonly<Record<string, string>>, name: string): string {
  const folder = join(dir, name.replaceAll(/\W+/g, '-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

describe('an opa of the user', () => {
  it('passes the tests of the policy that is shipped, and finds nothing against how it is written', async (context) => {
    const path = needPeer(context, opa);
    const { stdout } = await runTool(path, ['test', DEFAULT_POLICY]);
    expect(stdout).toContain('PASS: 17/17');
    await runTool(path, ['check', '--strict', DEFAULT_POLICY]);
    expect((await runTool(path, ['fmt', '--list', DEFAULT_POLICY])).stdout).toBe('');
  });

  it.for(RELEASE_CASES)('says what the embedded engine says: $name', async ({ files, input, verdict }, context) => {
    const engine = opaEngine({ path: dirname(needPeer(context, opa)) });
    try {
      expect(await askPolicy(engine, policyOf(files), JSON.stringify(input))).toEqual(verdict);
      expect(await engine.version()).toMatch(/^\d+\.\d+\.\d+/);
    } finally {
      await engine.close();
    }
  });

  it('is not given what could answer differently the next time either', async (context) => {
    const engine = opaEngine({ path: dirname(needPeer(context, opa)) });
    const policy = policyOf({ 'a.rego': 'package agentnexus.release\nallow := time.now_ns() > 0' });
    const { result, findings } = await askPolicy(engine, policy, '{}');
    await engine.close();
    expect([result, findings[0]?.message]).toEqual(['fail', expect.stringContaining('undefined function')]);
  });

  it('signs bundles that hold here, and finds ours signed', async (context) => {
    const path = needPeer(context, opa);
    const folder = written(
      {
        'release/release.rego': 'package agentnexus.release\nallow := data.banned.size > 1e3\n',
        'banned/data.json': '{"size": 1.50e3, "names": ["a<b>&", "\\u2028é\\u0007"], "none": null, "deep": {"z": [], "a": {}}}',
        'lists/data.yaml': 'b: [1, 2.5, true]\na: text\n',
        '.manifest': '{"revision": "7", "roots": ["agentnexus", "banned", "lists"]}',
      },
      'signed',
    );
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [secret, open] = [join(dir, 'private.pem'), join(dir, 'public.pem')];
    writeFileSync(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(open, publicKey.export({ type: 'spki', format: 'pem' }));
    const signing = ['--signing-key', secret, '--signing-alg', 'ES256'];
    const built = join(dir, 'built.tar.gz');
    await runTool(path, ['build', '--bundle', '.', ...signing, '--output', built], { cwd: folder });
    await checkSignature(readFileSync(built), publicKey);
    // The files as they are written, packed by us: with the list that `opa sign` makes of a folder.
    await runTool(path, ['sign', '--bundle', '.', ...signing], { cwd: folder });
    const names = ['release/release.rego', 'banned/data.json', 'lists/data.yaml', '.manifest', '.signatures.json'];
    const ours = policyOf(Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]))).bundle;
    await checkSignature(ours, publicKey);
    writeFileSync(join(dir, 'ours.tar.gz'), ours);
    const verified = ['build', '--bundle', join(dir, 'ours.tar.gz'), '--verification-key', open, '--signing-alg', 'ES256'];
    await runTool(path, [...verified, '--output', join(dir, 'again.tar.gz')]);
    const engine = opaEngine({ path: dirname(path) });
    expect((await askPolicy(engine, parsePolicy(readFileSync(built)), '{}')).result).toBe('pass');
    await engine.close();
  });

  it('compiles policies that say the same as modules', async (context) => {
    const path = needPeer(context, opa);
    const engine = compiledEngine();
    const compilable = RELEASE_CASES.filter(({ files }) => !('other.rego' in files));
    for (const { name, files, input, verdict } of compilable) {
      const entrypoint = 'main.rego' in files ? 'main' : 'agentnexus/release';
      const out = join(dir, `${name.replaceAll(/\W+/g, '-')}.tar.gz`);
      await runTool(path, ['build', '-t', 'wasm', '-e', entrypoint, '-o', out, '.'], { cwd: written(files, name) });
      expect([name, await askPolicy(engine, parsePolicy(readFileSync(out)), JSON.stringify(input))]).toEqual([name, verdict]);
    }
    await engine.close();
  });
});

describe('an OPA server', () => {
  let server: ChildProcess | undefined;
  let address: string;
  beforeAll(async () => {
    if ('missing' in opa) return;
    address = `http://127.0.0.1:${await freePort()}`;
    server = spawn(opa.path, ['run', '--server', '--disable-telemetry', '--addr', address.slice('http://'.length)], {
      stdio: 'ignore',
    });
    for (let tries = 0; tries < 200 && !(await isUp(address)); tries++) await setTimeout(50);
  });
  afterAll(async () => {
    if (server === undefined) return;
    server.kill();
    await once(server, 'exit');
  });

  it.for(RELEASE_CASES)('says what the embedded engine says: $name', async ({ files, input, verdict }, context) => {
    needPeer(context, opa);
    const put = async (path: string, content: string, type: string) => {
      const { ok } = await fetch(`${address}/v1/${path}`, { method: 'PUT', body: content, headers: { 'content-type': type } });
      expect(ok).toBe(true);
    };
    for (const [path, content] of Object.entries(files)) {
      if (path.endsWith('.rego')) await put('policies/case', content, 'text/plain');
      else await put(`data/${dirname(path)}`, content, 'application/json');
    }
    expect(await askPolicy(serverEngine(address), undefined, JSON.stringify(input))).toEqual(verdict);
    await fetch(`${address}/v1/policies/case`, { method: 'DELETE' });
  });

  it('says which version it is, and is missed where there is none', async (context) => {
    needPeer(context, opa);
    expect(await serverEngine(address).version()).toMatch(/^\d+\.\d+\.\d+/);
    await expect(serverEngine(`http://127.0.0.1:${await freePort()}`).version()).rejects.toMatchObject({
      code: 'RELEASE_POLICY_ENGINE',
    });
  });
});

describe('the evaluator', () => {
  it('is what its sources give, byte for byte', { timeout: PEER_TIMEOUT }, async (context) => {
    needTool(context, 'go');
    const root = join(import.meta.dirname, '../..');
    const { stdout } = await runTool(process.execPath, ['scripts/build-rego.ts', '--check'], { cwd: root });
    expect(stdout).toContain('built again, the same');
  });
});

async function isUp(address: string): Promise<boolean> {
  return fetch(`${address}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
