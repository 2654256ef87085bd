import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Bytes, bytesOf } from '../../src/board/proof/bytes.ts';
import type { ProofVerdict } from '../../src/board/proof/proof-verdict.ts';
import type { verifyProof } from '../../src/board/proof/verify-proof.ts';
import { sha256 } from '../../src/base/digest.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { trustedRootFile } from '../../src/runtime/vault/export-layout.ts';
import { openKeylessSigner } from '../../src/runtime/vault/keyless/keyless-signer.ts';
import type { StatementSigner } from '../../src/runtime/vault/sign-statement.ts';
import { openBundleVerifier } from '../../src/runtime/vault/verify-bundle.ts';
import { identityToken, ISSUER, MockSigstore, WORKFLOW } from '../support/mock-sigstore.ts';
import { bundledVerifier } from './bundled-verifier.ts';
import { SampleProof } from './sample-proof.ts';

const CLOCK = { now: () => Date.now() };
const BUNDLE = 'evidence/T1.provenance.sigstore.json';
const SIGNER = `${WORKFLOW} (${ISSUER})`;

let sigstore: MockSigstore;
let other: MockSigstore;
let by: typeof verifyProof;
let sample: SampleProof;
beforeAll(async () => {
  [sigstore, other, by] = await Promise.all([MockSigstore.start(), MockSigstore.start(), bundledVerifier()]);
  sample = await SampleProof.open({}, await keyless(sigstore));
}, 60_000);
afterAll(() => {
  sample[Symbol.dispose]();
  sigstore.stop();
  other.stop();
});

async function keyless(from: MockSigstore, { version = 1, root = from.trustedRoot }: { version?: 1 | 2; root?: string } = {}) {
  const identity = async (): Promise<string> => identityToken();
  const signer: StatementSigner = await openKeylessSigner({ services: from.services(version), identity, clock: CLOCK });
  return { signer, roots: [root] };
}

const faultIn = ({ statements }: ProofVerdict): string | null | undefined =>
  statements.find(({ name }) => name === 'T1.provenance')?.fault;

/** The proof with another root in place of its own. */
const rooted = (text: string): Record<string, Bytes | null> => ({
  [trustedRootFile(sigstore.trustedRoot)]: null,
  [trustedRootFile(text)]: bytesOf(text),
});

const changedRoot = (change: (root: Record<string, JsonObject[]>) => void): string => {
  const parsed = JSON.parse(sigstore.trustedRoot);
  change(parsed);
  return JSON.stringify(parsed);
};

describe('what certificates sign, checked by the code that browsers run', () => {
  it.each([1, 2] as const)('holds under the root that comes with it, with Rekor v%i, and says who signed', async (version) => {
    using own = await SampleProof.open({}, await keyless(sigstore, { version }));
    const verdict = await own.verify({ by });
    expect(verdict.failures).toEqual([]);
    expect(verdict.holds).toBe(true);
    expect(verdict.statements.map(({ signer }) => signer)).toEqual([SIGNER, SIGNER, SIGNER]);
    expect(verdict.keys.map(({ use, text, trust }) => [use, text, trust])).toEqual([
      ['log', own.text('keys/log.pub').trim(), 'server'],
      ['root', sha256(sigstore.trustedRoot), 'server'],
      ['identity', SIGNER, 'server'],
    ]);
  });

  it('holds for whom and what was pinned, and for no others', async () => {
    const signing = [sha256(sigstore.trustedRoot)];
    const pinned = await sample.verify({ by, pins: { signing, identities: [SIGNER] } });
    expect([pinned.holds, pinned.keys.map(({ trust }) => trust)]).toEqual([true, ['server', 'pinned', 'pinned']]);
    const someone = await sample.verify({ by, pins: { signing, identities: [`somebody@example.com (${ISSUER})`] } });
    expect(someone.holds).toBe(false);
    expect(faultIn(someone)).toBe(`${SIGNER} is not the one that you have pinned`);
    const elsewhere = await sample.verify({ by, pins: { identities: [`${WORKFLOW} (https://accounts.example)`] } });
    expect([elsewhere.holds, elsewhere.statements.some(({ fault }) => fault === null)]).toEqual([false, false]);
    const root = await sample.verify({ by, pins: { signing: [sha256(other.trustedRoot)] } });
    expect([root.holds, faultIn(root)]).toEqual([false, 'none of its trusted roots is believed']);
    const key = await sample.verify({ by, pins: { signing: [`sha256:${'0'.repeat(64)}`] } });
    expect([key.holds, key.statements.some(({ fault }) => fault === null)]).toEqual([false, false]);
  });

  it('does not hold by a key where an identity was pinned', async () => {
    using keyed = await SampleProof.open();
    expect((await keyed.verify({ by })).holds).toBe(true);
    const { holds, statements } = await keyed.verify({ by, pins: { identities: [SIGNER] } });
    expect([holds, statements.some(({ fault }) => fault === null)]).toEqual([false, false]);
  });

  it.each([
    ['its certificate does not count', 'certificateAuthorities'],
    ['its certificate does not count: SCT verification failed', 'ctlogs'],
    ['no transparency log that is trusted has it', 'tlogs'],
    ['nobody who is trusted attests when it was signed', 'timestampAuthorities'],
  ])('is refused because %s, where the root has other %s', async (why, part) => {
    const text = changedRoot((root) => (root[part] = JSON.parse(other.trustedRoot)[part]));
    const verdict = await sample.verify({ by, files: rooted(text) });
    expect([verdict.holds, verdict.statements.filter(({ fault }) => fault === null)]).toEqual([false, []]);
    expect(faultIn(verdict)).toContain(why);
  });

  it('is refused where the authority was not valid then', async () => {
    for (const validFor of [{ start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' }, { start: '2120-01-01T00:00:00Z' }]) {
      const text = changedRoot(({ certificateAuthorities = [] }) => Object.assign(certificateAuthorities[0] ?? {}, { validFor }));
      const verdict = await sample.verify({ by, files: rooted(text) });
      expect(faultIn(verdict)).toContain('its certificate does not count');
    }
  });

  it('is refused under a root that is not the one of its name', async () => {
    const path = trustedRootFile(sigstore.trustedRoot);
    const verdict = await sample.verify({ by, files: { [path]: bytesOf(other.trustedRoot) } });
    expect(verdict.failures).toContainEqual({ subject: path, message: 'it is not the trusted root that its name tells' });
    expect(verdict.statements.every(({ fault }) => fault !== null)).toBe(true);
  });

  it('is refused with parts of another signature, or without some', async () => {
    using theirs = await SampleProof.open({}, await keyless(sigstore));
    const [mine, others] = [sample, theirs].map((each) => JSON.parse(each.text(BUNDLE)));
    const mixed = (part: string, value: unknown): object => ({
      ...mine,
      verificationMaterial: { ...mine.verificationMaterial, [part]: value },
    });
    const forged = [
      ...['tlogEntries', 'timestampVerificationData', 'certificate'].map((part) =>
        mixed(part, others.verificationMaterial[part]),
      ),
      mixed('tlogEntries', []),
      mixed('timestampVerificationData', { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] }),
      mixed('certificate', { rawBytes: 'AA==' }),
      { ...mine, dsseEnvelope: others.dsseEnvelope },
      { ...mine, more: true },
    ];
    for (const bundle of forged) {
      const verdict = await sample.verify({ by, files: { [BUNDLE]: bytesOf(JSON.stringify(bundle)) } });
      // Not only because the log has other bytes.
      expect([verdict.holds, faultIn(verdict)]).toEqual([false, expect.not.stringMatching(/its bytes are not those/)]);
    }
  });

  it('is what `verify` says of it, with any bit turned of what attests it', { timeout: 120_000 }, async () => {
    const verifier = await openBundleVerifier([], { roots: [sigstore.trustedRoot] });
    const bundle = sample.text(BUNDLE);
    const places = [
      ...bundle.matchAll(/"(?:rawBytes|signedTimestamp|signedEntryTimestamp|canonicalizedBody|sig|keyId)":"([^"]+)"/g),
    ];
    expect(places.length).toBeGreaterThan(5);
    const flip = fc.tuple(fc.constantFrom(...places), fc.nat(), fc.nat(7));
    await fc.assert(
      fc.asyncProperty(flip, async ([{ 0: member, 1: text = '' }, at, bit]) => {
        const bytes = Buffer.from(text, 'base64');
        bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ (1 << bit), at % bytes.length);
        const changed = bytesOf(bundle.replace(member, member.replace(text, bytes.toString('base64'))));
        const fault = faultIn(await sample.verify({ by, files: { [BUNDLE]: changed } })) ?? '';
        expect(fault.startsWith('its bytes are not those')).toBe(verifier.verify(changed).valid);
      }),
      { numRuns: 8 },
    );
  });

  it('is neither good nor bad where no root came with it, or one that names no authority', async () => {
    const path = trustedRootFile(sigstore.trustedRoot);
    await expect(sample.verify({ by, files: { [path]: null } })).rejects.toThrow('no trusted root came with the proof');
    const empty = changedRoot((root) => (root['certificateAuthorities'] = []));
    await expect(sample.verify({ by, files: rooted(empty) })).rejects.toThrow('its trusted root names no authority');
  });
});
