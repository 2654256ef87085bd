import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Configuration } from '../../../../src/runtime/app/source/configuration.ts';
import { findReleasePolicy, keptSource } from '../../../../src/runtime/app/policies/release-policy.ts';
import { fingerprintOf, pemOf } from '../../../../src/runtime/vault/signing-key.ts';
import { signedPolicy } from '../../policy/release/policy-bundle.ts';

const REGO = 'package agentnexus.release\nallow := true\n';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC = createPublicKey(privateKey);

let cwd: string;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'release-'));
  mkdirSync(join(cwd, 'policy'));
  writeFileSync(join(cwd, 'policy', 'release.rego'), REGO);
  writeFileSync(join(cwd, 'signed.tar.gz'), (await signedPolicy({ 'release.rego': REGO }, privateKey)).bundle);
  writeFileSync(join(cwd, 'mine.pem'), pemOf(PUBLIC));
  writeFileSync(join(cwd, 'other.pem'), pemOf(createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const find = (input: Parameters<typeof findReleasePolicy>[0]) => findReleasePolicy(input, { cwd });

describe('a release policy that must be signed', () => {
  it('is taken if it is, and its mission says by which key', async () => {
    const signed = await find({ releasePolicy: 'signed.tar.gz', policyKey: 'mine.pem' });
    expect(signed?.setting.signedBy).toBe(fingerprintOf(PUBLIC));
    expect((await find({ releasePolicy: 'signed.tar.gz' }))?.setting).not.toHaveProperty('signedBy');
  });

  it('is asked for by the configuration beside the bundle too, and by the flag rather', async () => {
    const path = join(cwd, 'specs', '.agentnexus.yaml');
    const text = 'release: { policy: ../signed.tar.gz, key: ../other.pem }\n';
    const config = new Configuration({ path, text, folder: '', isLocal: true });
    await expect(findReleasePolicy({}, { cwd, config })).rejects.toMatchObject({ code: 'RELEASE_POLICY_UNSIGNED' });
    const signed = await findReleasePolicy({ policyKey: 'mine.pem' }, { cwd, config });
    expect(signed?.setting.signedBy).toBe(fingerprintOf(PUBLIC));
  });

  it.each([
    ['by another key', { releasePolicy: 'signed.tar.gz', policyKey: 'other.pem' }, 'RELEASE_POLICY_UNSIGNED'],
    ['by nobody', { releasePolicy: 'policy', policyKey: 'mine.pem' }, 'RELEASE_POLICY_UNSIGNED'],
    ['by nobody, as the shipped one', { releasePolicy: 'default', policyKey: 'mine.pem' }, 'RELEASE_POLICY_UNSIGNED'],
    ['by what is no key', { releasePolicy: 'signed.tar.gz', policyKey: 'policy/release.rego' }, 'KEY_UNUSABLE'],
    ['by a key that is not there', { releasePolicy: 'signed.tar.gz', policyKey: 'missing.pem' }, 'USAGE'],
    ['where there is no policy', { policyKey: 'mine.pem' }, 'USAGE'],
    ['where a server has it', { releasePolicy: 'http://127.0.0.1:1', policyKey: 'mine.pem' }, 'USAGE'],
  ])('is refused if it is signed %s', async (_, input, code) => {
    await expect(find(input)).rejects.toMatchObject({ code });
  });

  it('is held against the key where a mission has kept it', async () => {
    const { setting, policy } = (await find({ releasePolicy: 'signed.tar.gz' })) ?? {};
    if (setting === undefined || policy === undefined) throw new Error('it was not found');
    const store = { get: () => policy.bundle };
    const kept = (key: string) => keptSource(setting, { store, key: join(cwd, key) });
    expect((await kept('mine.pem')).setting.signedBy).toBe(fingerprintOf(PUBLIC));
    await expect(kept('other.pem')).rejects.toMatchObject({ code: 'RELEASE_POLICY_UNSIGNED' });
    const served = { ...setting, policy: { server: 'http://127.0.0.1:1' } };
    await expect(keptSource(served, { store, key: 'mine.pem' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
