import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { call } from '../../../src/runtime/app/call.ts';
import { releaseStatement } from '../../../src/runtime/vault/promote/release-statement.ts';
import type { Release } from '../../../src/runtime/vault/promote/promotion.ts';
import { openStatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { verifyRelease } from '../../../src/runtime/vault/verify-release.ts';
import { writeTar } from '../../../src/spec/archive/write-tar.ts';
import { sampleRelease } from './promote/sample-release.ts';
import { openWorkspace, type Workspace } from './sample-mission.ts';

let workspace: Workspace;
let release: Release;
let dir: string;
beforeAll(async () => {
  workspace = await openWorkspace();
  release = await sampleRelease(workspace);
});
afterAll(() => workspace[Symbol.dispose]());
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fetched-'));
  for (const [name, bytes] of release.assets) put(name, bytes);
  await sign(release.assets);
});
afterEach(() => rmSync(dir, { recursive: true }));

const put = (name: string, bytes: Uint8Array | string) => writeFileSync(join(dir, name), bytes);
const sign = async (assets: Release['assets'], signer = workspace.signer) =>
  put('release.sigstore.json', await signer.sign(releaseStatement('pkg:generic/sample@1', { assets })));
const keys = () => [workspace.signingKey.publicKey];

async function found(): Promise<string[]> {
  const { result, failures } = await verifyRelease(dir, { keys: keys() });
  expect(result).toBe('failed');
  return failures.map(({ subject, code }) => `${subject} ${code}`);
}

describe('the assets of a release, as they were fetched', () => {
  it('verify: the proof in the archive, and the statement of what there is', async () => {
    const proof = { missions: [{ state: 'succeeded' }], checked: { statements: 4 } };
    expect(await verifyRelease(dir, { keys: keys() })).toMatchObject({ result: 'verified', failures: [], ...proof });
    expect((await verifyRelease(dir)).trust).toContainEqual(expect.objectContaining({ use: 'signing', from: 'folder' }));
  });

  it('are neither others, nor more, nor fewer', async () => {
    put('product.tar.gz', 'other');
    put('more.txt', 'more');
    rmSync(join(dir, 'checkpoint'));
    expect(await found()).toEqual([
      'product.tar.gz VERIFY_FILE_CHANGED',
      'checkpoint VERIFY_FILE_MISSING',
      'more.txt VERIFY_FILE_EXTRA',
    ]);
  });

  it('are signed by who has signed the proof', async () => {
    const other = await openStatementSigner(openSigningKey(join(workspace.dir, 'other.pem')));
    await sign(release.assets, other);
    expect(await found()).toEqual(['release.sigstore.json VERIFY_KEY_UNKNOWN']);
  });

  it('need a statement of a release, and no other one', async () => {
    put('release.sigstore.json', readFileSync(join(dir, 'gate.sigstore.json')));
    expect(await found()).toEqual(['release.sigstore.json VERIFY_MANIFEST']);
  });

  it('are refused with a proof that does not hold, or cannot be unpacked', async () => {
    const tar = (path: string) => gzipSync(Buffer.concat([...writeTar([{ path, content: Buffer.from('x') }], { time: 0 })]));
    for (const [archive, code] of [
      [Buffer.from('no archive'), 'VERIFY_UNREADABLE'],
      [tar('top/../../escaped'), 'VERIFY_UNREADABLE'],
      [tar('top/a:b'), 'VERIFY_PATH'],
      [undefined, 'VERIFY_FILE_MISSING'],
    ] as const) {
      if (archive === undefined) rmSync(join(dir, 'evidence.tar.gz'));
      else put('evidence.tar.gz', archive);
      expect(await found()).toContain(`evidence.tar.gz ${code}`);
    }
  });

  it('say in which file of the proof something is wrong', async () => {
    const tar = gzipSync(Buffer.concat([...writeTar([{ path: 'top/tree.json', content: Buffer.from('{}') }], { time: 0 })]));
    put('evidence.tar.gz', tar);
    expect(await found()).toContain('evidence.tar.gz/export.sigstore.json VERIFY_FILE_MISSING');
  });

  it('are known by their statement where a folder is verified', async () => {
    put('signing.pub', workspace.signingKey.publicKey);
    const verified = await call('verify', { target: dir, key: ['signing.pub'] }, { cwd: dir });
    expect(verified).toMatchObject({ result: 'failed', failures: [{ subject: 'signing.pub', code: 'VERIFY_FILE_EXTRA' }] });
  });
});
