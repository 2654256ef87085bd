import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { canonicalJson, type JsonObject } from '../../../src/base/json.ts';
import { openStatementSigner, type StatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey, type SigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { STATEMENT_MEDIA_TYPE, type Statement } from '../../../src/runtime/vault/statement.ts';
import { type BundleVerifier, openBundleVerifier } from '../../../src/runtime/vault/verify-bundle.ts';

const STATEMENT: Statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'src/a.ts', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { ü: 1, a: [true] },
};

let dir: string;
let key: SigningKey;
let signer: StatementSigner;
let verifier: BundleVerifier;
let bytes: Uint8Array;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sign-'));
  key = openSigningKey(join(dir, 'keys', 'signing.pem'));
  signer = await openStatementSigner(key);
  verifier = await openBundleVerifier([key.publicKey]);
  bytes = await signer.sign(STATEMENT);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface BundleJson {
  mediaType: string;
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
  verificationMaterial: Record<string, unknown> & { publicKey: { hint: string } };
}
const parsed = (): BundleJson => JSON.parse(Buffer.from(bytes).toString());
const written = (bundle: unknown) => Buffer.from(JSON.stringify(bundle));

/** DSSE pre-authentication encoding, written once more from its specification. */
const pae = (type: string, payload: Buffer) =>
  Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);

/** A bundle with any payload, rightly signed. */
function signed(payload: Buffer | string, type = STATEMENT_MEDIA_TYPE): Buffer {
  const data = Buffer.from(payload);
  const bundle = parsed();
  const signatures = [{ keyid: key.hint, sig: key.sign(pae(type, data)).toString('base64') }];
  return written({ ...bundle, dsseEnvelope: { payload: data.toString('base64'), payloadType: type, signatures } });
}

describe('signing key', () => {
  it('is made once, for its owner alone', () => {
    expect(statSync(join(dir, 'keys', 'signing.pem')).mode & 0o777).toBe(0o600);
    expect(openSigningKey(join(dir, 'keys', 'signing.pem')).publicKey).toBe(key.publicKey);
  });

  it('is named as cosign names keys', () => {
    const der = createPublicKey(key.publicKey).export({ type: 'spki', format: 'der' });
    expect(key.fingerprint).toBe(sha256(der));
    expect(key.hint).toBe(Buffer.from(sha256(der).slice(7), 'hex').toString('base64'));
    expect(key.publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  });
});

describe('signing', () => {
  it('yields a Sigstore bundle v0.3 around the canonical statement', () => {
    const { mediaType, dsseEnvelope, verificationMaterial } = parsed();
    expect(mediaType).toBe('application/vnd.dev.sigstore.bundle.v0.3+json');
    expect(Buffer.from(dsseEnvelope.payload, 'base64').toString()).toBe(canonicalJson(STATEMENT));
    expect(verificationMaterial.publicKey.hint).toBe(key.hint);
    expect(Buffer.from(bytes).toString()).toBe(canonicalJson(parsed() as unknown as JsonObject));
  });

  it('repeats itself but for the signature', async () => {
    const again = JSON.parse(Buffer.from(await signer.sign({ ...STATEMENT })).toString()) as BundleJson;
    const [first] = parsed().dsseEnvelope.signatures;
    expect({ ...again, dsseEnvelope: { ...again.dsseEnvelope, signatures: [first] } }).toEqual(parsed());
  });

  it('is accepted by @sigstore/verify and by plain crypto', () => {
    const root = TrustedRoot.fromJSON({ tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] });
    const trust = toTrustMaterial(root, () => ({ publicKey: createPublicKey(key.publicKey), validFor: () => true }));
    const theirs = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    expect(() => theirs.verify(toSignedEntity(bundleFromJSON(parsed())))).not.toThrow();
    const { payload, payloadType, signatures } = parsed().dsseEnvelope;
    const signature = Buffer.from(signatures[0]?.sig ?? '', 'base64');
    expect(verify('sha256', pae(payloadType, Buffer.from(payload, 'base64')), key.publicKey, signature)).toBe(true);
  });
});

describe('verifying', () => {
  it('gives back statement, digest and signer', () => {
    const verified = { statement: STATEMENT, bundle: sha256(bytes), signer: key.fingerprint };
    expect(verifier.verify(bytes)).toEqual({ valid: true, verified });
  });

  it('takes bundles of writers that leave out what is empty', () => {
    const { mediaType, dsseEnvelope, verificationMaterial } = parsed();
    const signatures = dsseEnvelope.signatures.map(({ sig }) => ({ sig }));
    const material = { publicKey: verificationMaterial.publicKey };
    const lean = { mediaType, verificationMaterial: material, dsseEnvelope: { ...dsseEnvelope, signatures } };
    expect(verifier.verify(Buffer.from(JSON.stringify(lean, undefined, 2)))).toMatchObject({ valid: true });
  });

  it('refuses a key that it was not given, even one that the bundle names rightly', async () => {
    const other = await openBundleVerifier([
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }) as string,
    ]);
    expect(other.verify(bytes)).toMatchObject({ valid: false, code: 'VERIFY_KEY_UNKNOWN' });
  });

  it('refuses a signature by another key under a trusted name', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { dsseEnvelope, ...rest } = parsed();
    const sig = sign('sha256', pae(dsseEnvelope.payloadType, Buffer.from(dsseEnvelope.payload, 'base64')), privateKey);
    const forged = { ...rest, dsseEnvelope: { ...dsseEnvelope, signatures: [{ keyid: key.hint, sig: sig.toString('base64') }] } };
    expect(verifier.verify(written(forged))).toMatchObject({ valid: false, code: 'VERIFY_SIGNATURE' });
  });

  it('refuses a payload under another declared type', () => {
    const bundle = parsed();
    bundle.dsseEnvelope.payloadType = 'application/json';
    expect(verifier.verify(written(bundle))).toMatchObject({ valid: false, code: 'VERIFY_PAYLOAD_TYPE' });
    expect(verifier.verify(signed(canonicalJson(STATEMENT), 'text/plain'))).toMatchObject({
      valid: false,
      code: 'VERIFY_PAYLOAD_TYPE',
    });
  });

  it.each<[string, (bundle: BundleJson) => unknown]>([
    ['an unknown field', (bundle) => ({ ...bundle, extra: 1 })],
    ['an empty unknown field', (bundle) => ({ ...bundle, extra: [] })],
    ['version 0.2', (bundle) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' })],
    ['a version to come', (bundle) => ({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' })],
    [
      'two signatures',
      (bundle) => ({
        ...bundle,
        dsseEnvelope: {
          ...bundle.dsseEnvelope,
          signatures: [...bundle.dsseEnvelope.signatures, ...bundle.dsseEnvelope.signatures],
        },
      }),
    ],
    [
      'another key id outside of the signature',
      (bundle) => ({
        ...bundle,
        dsseEnvelope: { ...bundle.dsseEnvelope, signatures: [{ ...bundle.dsseEnvelope.signatures[0], keyid: 'x' }] },
      }),
    ],
    [
      'loose base64',
      (bundle) => ({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: `${bundle.dsseEnvelope.payload}\n` } }),
    ],
    ['no envelope', ({ mediaType, verificationMaterial }) => ({ mediaType, verificationMaterial })],
    ['no material', ({ mediaType, dsseEnvelope }) => ({ mediaType, dsseEnvelope })],
    ['a number', () => 1],
    ['null', () => null],
    ['an array', () => []],
  ])('refuses a bundle with %s', (_, change) => {
    expect(verifier.verify(written(change(parsed())))).toMatchObject({ valid: false, code: 'VERIFY_BUNDLE_MALFORMED' });
  });

  it('refuses a name that occurs twice', () => {
    const text = Buffer.from(bytes).toString();
    expect(verifier.verify(Buffer.from(text.replace('{', '{"mediaType":"x",')))).toMatchObject({
      code: 'VERIFY_BUNDLE_MALFORMED',
    });
  });

  it.each<[string, unknown]>([
    ['another _type', { ...STATEMENT, _type: 'https://in-toto.io/Statement/v0.1' }],
    ['no subject', { ...STATEMENT, subject: [] }],
    ['a subject without SHA-256', { ...STATEMENT, subject: [{ name: 'a', digest: { sha1: 'a' } }] }],
    ['an upper-case digest', { ...STATEMENT, subject: [{ name: 'a', digest: { sha256: 'A'.repeat(64) } }] }],
    ['a subject outside', { ...STATEMENT, subject: [{ name: '../a', digest: { sha256: 'a'.repeat(64) } }] }],
    ['a subject twice', { ...STATEMENT, subject: [...STATEMENT.subject, ...STATEMENT.subject] }],
    ['a predicateType that is no URI', { ...STATEMENT, predicateType: 'provenance' }],
    ['no predicate', { ...STATEMENT, predicate: undefined }],
    ['an unknown field', { ...STATEMENT, more: 1 }],
    ['an array', []],
  ])('refuses a signed statement with %s', (_, statement) => {
    expect(verifier.verify(signed(JSON.stringify(statement)))).toMatchObject({
      valid: false,
      code: 'VERIFY_STATEMENT_MALFORMED',
    });
  });

  it('refuses a signed payload that means two things', () => {
    const text = canonicalJson(STATEMENT).replace('{', '{"predicateType":"https://example.com/other",');
    expect(verifier.verify(signed(text))).toMatchObject({ valid: false, code: 'VERIFY_STATEMENT_MALFORMED' });
  });

  it('never throws, and reads no other statement out of damaged bytes', () => {
    const original = Buffer.from(bytes);
    const read = new Set<string>();
    for (let at = 0; at < original.length; at += 3) {
      const damaged = Buffer.from(original);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      const check = verifier.verify(damaged);
      if (check.valid) read.add(canonicalJson(check.verified.statement));
    }
    expect([...read].filter((statement) => statement !== canonicalJson(STATEMENT))).toEqual([]);
  });
});
