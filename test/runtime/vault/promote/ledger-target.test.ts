import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { noteSigner } from '../../../../src/runtime/log/signed-note.ts';
import { canonicalRecord, hashedRecord } from '../../../../src/runtime/vault/ledger/hashed-record.ts';
import { type LedgerOptions, ledgerTarget } from '../../../../src/runtime/vault/promote/ledger-target.ts';
import type { Release } from '../../../../src/runtime/vault/promote/promotion.ts';
import { runPromotion } from '../../../../src/runtime/vault/promote/run-promotion.ts';
import { FakeRekor } from '../ledger/fake-rekor.ts';
import { openWorkspace, type Workspace } from '../sample-mission.ts';
import { dyingAt, Killed, sampleRelease, sampleSeal } from './sample-release.ts';

let workspace: Workspace;
let release: Release;
let rekor: FakeRekor;
beforeAll(async () => {
  workspace = await openWorkspace();
  release = await sampleRelease(workspace);
});
afterAll(() => workspace[Symbol.dispose]());
beforeEach(async () => void (rekor = await FakeRekor.start()));
afterEach(() => rekor.stop());

const stepsTo = (changes: Partial<LedgerOptions> = {}) =>
  ledgerTarget({
    url: rekor.url,
    key: rekor.key,
    publicKeys: new Map([[workspace.signingKey.hint, workspace.signingKey.publicKey]]),
    keep: (bytes) => workspace.store.put(bytes),
    ...changes,
  }).steps(release, sampleSeal(workspace));

let ids = 0;
const promote = (steps = stepsTo(), id = `l${ids++}`) => runPromotion({ log: workspace.log, id, steps });

describe('a promotion to another ledger', () => {
  it('records each statement once, and keeps what was answered', async () => {
    const { results } = await promote();
    expect(rekor.leaves).toHaveLength(3);
    expect([...results.values()].map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { entry } of results.values()) expect(workspace.store.has(entry as `sha256:${string}`)).toBe(true);
    const bundle = readFileSync(join(release.dir, 'evidence', 'gate.sigstore.json'));
    const record = hashedRecord(bundle, new Map([[workspace.signingKey.hint, workspace.signingKey.publicKey]]));
    expect(rekor.leaves.map(String)).toContain(canonicalRecord(record));
    await promote();
    expect(rekor.leaves).toHaveLength(3);
  });

  it('goes on where it was cut off', async () => {
    await expect(promote(dyingAt(stepsTo(), 1, 'after'), 'cut')).rejects.toThrow(Killed);
    expect(await promote(stepsTo(), 'cut')).toMatchObject({ state: 'done' });
    expect(rekor.leaves).toHaveLength(3);
  });

  it.each(['entry', 'proof'] as const)('takes no %s that does not hold', async (lie) => {
    rekor.leaves.push(Buffer.from('somebody else'));
    rekor.lie = lie;
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
  });

  it('takes no checkpoint of another key, and says what cannot be reached', async () => {
    const key = noteSigner('rekor.example', generateKeyPairSync('ed25519').privateKey);
    await expect(promote(stepsTo({ key }))).rejects.toMatchObject({ code: 'VERIFY_FAILED' });
    await expect(promote(stepsTo({ url: 'http://127.0.0.1:9' }))).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
  });
});
