import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NO_PINS } from '../../src/board/proof/pins.ts';
import { verifyBundle } from '../../src/board/proof/bundle.ts';
import { bytesOf, type Bytes, toBase64 } from '../../src/board/proof/bytes.ts';
import { verifyCheckpoint } from '../../src/board/proof/checkpoint.ts';
import { verifyInclusion } from '../../src/board/proof/inclusion.ts';
import { readLogKey, readSigningKey } from '../../src/board/proof/keys.ts';
import { Refusal } from '../../src/board/proof/refusal.ts';
import { openStatementSigner } from '../../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../../src/runtime/vault/signing-key.ts';
import { provenanceOf } from '../runtime/vault/sample-mission.ts';
import { SampleProof } from './sample-proof.ts';

let sample: SampleProof;
beforeAll(async () => {
  sample = await SampleProof.open();
});
afterAll(() => sample[Symbol.dispose]());

/** The bytes with one of them another. */
function flipped(bytes: Bytes, at: number, by: number): Bytes {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ by;
  return changed;
}

/** Every byte, changed in three ways: one that keeps most text text, one that changes the case of letters, one that is no ASCII any more. */
async function checkEachByte(bytes: Bytes, believe: (changed: Bytes) => Promise<unknown>): Promise<void> {
  const believed: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    for (const by of [1, 0x20, 0x80]) {
      const refused = await believe(flipped(bytes, at, by)).then(
        () => false,
        (error: unknown) => error instanceof Refusal,
      );
      if (!refused) believed.push(at);
    }
  }
  expect(bytes.length).toBeGreaterThan(0);
  expect(believed).toEqual([]);
}

const NAME = 'T1.provenance';
const textOf = (bytes: Bytes): string => new TextDecoder().decode(bytes);

describe('a real proof', () => {
  it('holds, and tells what it shows', async () => {
    const verdict = await sample.verify();
    expect(verdict.failures).toEqual([]);
    expect(verdict).toMatchObject({ holds: true, gate: { result: 'pass', fault: null } });
    expect(verdict.head).toMatchObject({ origin: 'agentnexus.dev/test', size: sample.workspace.log.size });
    expect(verdict.statements.map(({ name, fault }) => [name, fault])).toContainEqual([NAME, null]);
    expect(verdict.entries.map(({ kind, fault }) => [kind, fault])).toEqual([
      ['mission.created', null],
      ['gate.decided', null],
      ['mission.finished', null],
    ]);
    expect(verdict.files.map(({ path, fault }) => [path, fault])).toEqual([
      ['README.md', null],
      ['src/add.ts', null],
      ['test/add.test.ts', null],
    ]);
    expect(verdict.files[1]?.provenBy).toContain(NAME);
    expect(verdict.keys.map(({ use, trust }) => [use, trust])).toEqual([
      ['log', 'server'],
      ['signing', 'server'],
    ]);
    expect(verdict.keys[1]?.text).toBe(sample.workspace.signingKey.fingerprint);
  });

  it('holds by keys that were pinned, and by no others', async () => {
    const log = [sample.text('keys/log.pub').trim()];
    const signing = [sample.workspace.signingKey.fingerprint];
    const pinned = await sample.verify({ pins: { log, signing } });
    expect([pinned.holds, pinned.keys.map(({ trust }) => trust)]).toEqual([true, ['pinned', 'pinned']]);
    const otherLog = await sample.verify({ pins: { log: ['elsewhere+00000000+AAAA'], signing } });
    expect([otherLog.holds, otherLog.keys[0]?.trust, otherLog.head]).toEqual([false, 'other', null]);
    const otherSigner = await sample.verify({ pins: { log, signing: [`sha256:${'0'.repeat(64)}`] } });
    expect(otherSigner.holds).toBe(false);
    expect(otherSigner.statements.every(({ fault }) => fault !== null)).toBe(true);
  });

  it('does not hold with any of its files changed in any place that was tried, or gone', { timeout: 120_000 }, async () => {
    for (const [path, bytes] of sample.files) {
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const { holds } = await sample.verify({ files: { [path]: flipped(bytes, at, 1) } });
        expect([path, at, holds]).toEqual([path, at, false]);
      }
      expect([path, (await sample.verify({ files: { [path]: null } })).holds]).toEqual([path, false]);
    }
    expect((await sample.verify({ files: { 'artifacts/more.ts': bytesOf('more') } })).holds).toBe(false);
  });

  it('does not hold for another mission', async () => {
    const { verifyProof } = await import('../../src/board/proof/verify-proof.ts');
    const { files, entries } = sample;
    const verdict = await verifyProof({ mission: 'another', files, entries, pins: NO_PINS });
    expect(verdict.holds).toBe(false);
  });

  it('does not hold without the end of the mission, which seals it, or with the end of another', async () => {
    const without = await sample.verify({ entries: sample.entries.filter(({ kind }) => kind !== 'mission.finished') });
    expect(without.failures).toEqual([{ subject: 'mission.finished', message: 'there is no proven entry of it' }]);
    const changed = sample.entries.map((entry) => ({ ...entry, leaf: entry.leaf.replace('succeeded', 'cancelled') }));
    expect((await sample.verify({ entries: changed })).holds).toBe(false);
  });
});

describe('each byte', () => {
  it('of a signed statement counts', { timeout: 120_000 }, async () => {
    const keys = [await readSigningKey(sample.text('keys/signing.pub'))];
    const bundle = sample.bytes(`evidence/${NAME}.sigstore.json`);
    expect((await verifyBundle(bundle, keys)).predicateType).toBe('https://slsa.dev/provenance/v1');
    await checkEachByte(bundle, async (changed) => verifyBundle(changed, keys));
  });

  it('of an entry, and of its proof, counts', { timeout: 120_000 }, async () => {
    const key = await readLogKey(sample.text('keys/log.pub'));
    const [leaf, proof] = [sample.bytes(`proofs/${NAME}.entry.json`), sample.bytes(`proofs/${NAME}.tlog-proof`)];
    expect((await verifyInclusion(textOf(proof), leaf, key)).index).toBeGreaterThan(269);
    await checkEachByte(leaf, async (changed) => verifyInclusion(textOf(proof), changed, key));
    await checkEachByte(proof, async (changed) => verifyInclusion(textOf(changed), leaf, key));
  });

  it('of the checkpoint counts', { timeout: 120_000 }, async () => {
    const key = await readLogKey(sample.text('keys/log.pub'));
    const note = sample.bytes('log/checkpoint');
    expect((await verifyCheckpoint(textOf(note), key)).size).toBe(sample.workspace.log.size);
    await checkEachByte(note, async (changed) => verifyCheckpoint(textOf(changed), key));
  });

  it('of a public key counts: it is no key, or another', { timeout: 120_000 }, async () => {
    const pem = sample.bytes('keys/signing.pub');
    const { fingerprint } = await readSigningKey(textOf(pem));
    await checkEachByte(pem, async (changed) => {
      const other = await readSigningKey(textOf(changed));
      if (other.fingerprint !== fingerprint) throw new Refusal('another key');
    });
    const vkey = sample.bytes('keys/log.pub').slice(0, -1);
    await checkEachByte(vkey, async (changed) => readLogKey(textOf(changed)));
  });
});

describe('a forger', () => {
  it('is not believed for a statement under a key of their own', async () => {
    const forger = await openStatementSigner(openSigningKey(`${sample.workspace.dir}/keys/forger.pem`));
    const bundle = new Uint8Array(await forger.sign(provenanceOf([])));
    const keys = [await readSigningKey(sample.text('keys/signing.pub'))];
    await expect(verifyBundle(bundle, keys)).rejects.toThrow('not trusted here');
  });

  it('is not believed for what the signer signed and the log does not have', async () => {
    const { workspace } = sample;
    const path = `evidence/${NAME}.sigstore.json`;
    const other = new Uint8Array(
      await workspace.signer.sign({ ...provenanceOf([]), subject: [{ name: 'a', digest: { sha256: '0'.repeat(64) } }] }),
    );
    const { failures } = await sample.verify({ files: { [path]: other } });
    expect(failures).toContainEqual({
      subject: path,
      message: expect.stringMatching(/^its bytes are not those that entry \d+ records$/),
    });
  });

  it('is not believed for a signature written in another way', async () => {
    const keys = [await readSigningKey(sample.text('keys/signing.pub'))];
    const bundle = JSON.parse(sample.text(`evidence/${NAME}.sigstore.json`));
    const [signature] = bundle.dsseEnvelope.signatures;
    const der = Uint8Array.from(atob(signature.sig), (character) => character.charCodeAt(0));
    const longer = Uint8Array.of(0x30, (der[1] ?? 0) + 1, ...der.subarray(2), 0);
    const text = JSON.stringify(bundle).replace(signature.sig, toBase64(longer));
    await expect(verifyBundle(bytesOf(text), keys)).rejects.toThrow('malformed');
    await expect(verifyBundle(bytesOf(` ${sample.text(`evidence/${NAME}.sigstore.json`)}`), keys)).rejects.toThrow(
      'not written as',
    );
  });
});

describe('a mission whose gate refused', () => {
  it('is proven like any other, and says so', async () => {
    using refused = await SampleProof.open({ tests: 'fail', state: 'failed' });
    const verdict = await refused.verify();
    expect(verdict.failures).toEqual([]);
    expect(verdict.gate).toEqual({ result: 'fail', fault: null });
  });
});
