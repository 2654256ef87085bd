import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { expectedIdentity, type IdentityWords } from '../../../../src/runtime/vault/keyless/identity-match.ts';
import { openKeylessSigner } from '../../../../src/runtime/vault/keyless/keyless-signer.ts';
import type { SigningServices } from '../../../../src/runtime/vault/keyless/signing-services.ts';
import type { Statement } from '../../../../src/runtime/vault/statement.ts';
import { openBundleVerifier } from '../../../../src/runtime/vault/verify-bundle.ts';
import { certificateOf, identityToken, ISSUER, MockSigstore, WORKFLOW } from '../../../support/mock-sigstore.ts';

const STATEMENT: Statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'src/a.ts', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { a: [true] },
};

let sigstore: MockSigstore;
let other: MockSigstore;
beforeAll(async () => {
  sigstore = await MockSigstore.start();
  other = await MockSigstore.start();
});
afterAll(() => {
  sigstore.stop();
  other.stop();
});
beforeEach(() => {
  sigstore.asked.clear();
  sigstore.down.clear();
});

const CLOCK = { now: () => Date.now() };

async function signed(services: SigningServices, token = identityToken()): Promise<Uint8Array> {
  const signer = await openKeylessSigner({ services, identity: async () => token, clock: CLOCK });
  return signer.sign(STATEMENT);
}

const verifierOf = (roots: readonly string[], words: IdentityWords = {}) =>
  openBundleVerifier([], { roots, identity: expectedIdentity(words) });

describe('keyless signing', () => {
  it.each([1, 2] as const)(
    'is verified by the trusted root alone: certificate, its log, Rekor v%i, time stamp',
    async (version) => {
      const bundle = await signed(sigstore.services(version));
      const check = (await verifierOf([sigstore.trustedRoot])).verify(bundle);
      expect(check).toMatchObject({
        valid: true,
        verified: { identity: { subject: WORKFLOW, issuer: ISSUER }, statement: STATEMENT },
      });
      const { verificationMaterial } = JSON.parse(Buffer.from(bundle).toString());
      expect(verificationMaterial.tlogEntries).toHaveLength(1);
      expect(verificationMaterial.timestampVerificationData.rfc3161Timestamps).toHaveLength(1);
    },
  );

  it('asks for one certificate for all that is signed while it lives, and for another one after that', async () => {
    let now = Date.now();
    const services = sigstore.services();
    const signer = await openKeylessSigner({ services, identity: async () => identityToken(), clock: { now: () => now } });
    const bundles = await Promise.all([1, 2, 3].map(() => signer.sign(STATEMENT)));
    expect(sigstore.asked.get('/api/v2/signingCert')).toBe(1);
    now = Date.parse(certificateOf(bundles[0] ?? new Uint8Array()).validTo);
    await signer.sign(STATEMENT);
    expect(sigstore.asked.get('/api/v2/signingCert')).toBe(2);
  });

  it.each(['/api/v2/signingCert', '/api/v1/log/entries', '/api/v1/timestamp'])(
    'ends with SIGNING_FAILED when %s is down, and says which',
    async (path) => {
      sigstore.down.add(path);
      await expect(signed(sigstore.services())).rejects.toMatchObject({
        code: 'SIGNING_FAILED',
        message: expect.stringContaining(sigstore.url),
      });
    },
  );

  it('never says a token in an error', async () => {
    const error = await signed(sigstore.services(), 'secret-token-that-is-none').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-token');
  });
});

describe('verifying what was signed keyless', () => {
  let bundle: Uint8Array;
  beforeAll(async () => void (bundle = await signed(sigstore.services())));

  it('takes the identity that is expected, by text or by pattern', async () => {
    for (const words of [
      { identity: WORKFLOW, issuer: ISSUER },
      { identityRegexp: '^https://github.com/acme/', issuer: ISSUER },
      { identity: WORKFLOW, issuerRegexp: 'githubusercontent' },
    ]) {
      expect((await verifierOf([sigstore.trustedRoot], words)).verify(bundle)).toMatchObject({ valid: true });
    }
  });

  it('refuses any other: a dot in a text is no wildcard, and a part is not the whole', async () => {
    for (const words of [
      { identity: 'somebody@example.com', issuer: ISSUER },
      { identity: WORKFLOW.replace('.git', 'xgit'), issuer: ISSUER },
      { identity: WORKFLOW.slice(0, -1), issuer: ISSUER },
      { identity: '.*', issuer: ISSUER },
      { identity: WORKFLOW, issuer: 'https://accounts.example' },
      { identityRegexp: '^https://github.com/evil/', issuer: ISSUER },
    ]) {
      expect((await verifierOf([sigstore.trustedRoot], words)).verify(bundle)).toMatchObject({
        valid: false,
        code: 'VERIFY_IDENTITY',
      });
    }
  });

  it('needs a root, and the right one', async () => {
    expect((await openBundleVerifier([])).verify(bundle)).toMatchObject({ code: 'VERIFY_KEY_UNKNOWN' });
    expect((await verifierOf([other.trustedRoot])).verify(bundle)).toMatchObject({ valid: false });
    expect((await verifierOf([other.trustedRoot, sigstore.trustedRoot])).verify(bundle)).toMatchObject({ valid: true });
  });

  const root = (change: (root: Record<string, JsonObject[]>) => void): string => {
    const parsed = JSON.parse(sigstore.trustedRoot);
    change(parsed);
    return JSON.stringify(parsed);
  };
  const others = (): Record<string, JsonObject[]> => JSON.parse(other.trustedRoot);

  it.each([
    ['VERIFY_CERTIFICATE', 'certificateAuthorities'],
    ['VERIFY_SCT', 'ctlogs'],
    ['VERIFY_TLOG', 'tlogs'],
    ['VERIFY_TIMESTAMP', 'timestampAuthorities'],
  ] as const)('answers %s where the root has other %s', async (code, part) => {
    const changed = root((parsed) => (parsed[part] = others()[part] ?? []));
    expect((await verifierOf([changed])).verify(bundle)).toMatchObject({ valid: false, code });
  });

  it('answers VERIFY_CERTIFICATE_TIME for an authority that was not valid then, or not yet', async () => {
    for (const validFor of [{ start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' }, { start: '2120-01-01T00:00:00Z' }]) {
      const changed = root(({ certificateAuthorities = [] }) => Object.assign(certificateAuthorities[0] ?? {}, { validFor }));
      expect((await verifierOf([changed])).verify(bundle)).toMatchObject({ code: 'VERIFY_CERTIFICATE_TIME' });
    }
  });

  it('refuses a bundle without its log entry, or without anything that says when', async () => {
    const verifier = await verifierOf([sigstore.trustedRoot]);
    const without = (...parts: string[]): Buffer => {
      const parsed = JSON.parse(Buffer.from(bundle).toString());
      for (const part of parts) delete parsed.verificationMaterial[part];
      return Buffer.from(JSON.stringify(parsed));
    };
    expect(verifier.verify(without('tlogEntries'))).toMatchObject({ code: 'VERIFY_TLOG' });
    expect(verifier.verify(without('tlogEntries', 'timestampVerificationData'))).toMatchObject({ code: 'VERIFY_TIMESTAMP' });
    // The first kind of log says when, too.
    expect(verifier.verify(without('timestampVerificationData'))).toMatchObject({ valid: true });
  });

  it('refuses the entry, the stamp and the certificate of another bundle', async () => {
    const verifier = await verifierOf([sigstore.trustedRoot]);
    const [mine, theirs] = [bundle, await signed(sigstore.services())].map((each) => JSON.parse(Buffer.from(each).toString()));
    for (const part of ['tlogEntries', 'timestampVerificationData', 'certificate']) {
      const mixed = {
        ...mine,
        verificationMaterial: { ...mine.verificationMaterial, [part]: theirs.verificationMaterial[part] },
      };
      expect(verifier.verify(Buffer.from(JSON.stringify(mixed))), part).toMatchObject({ valid: false });
    }
  });

  it('finds every changed byte of payload and signature', async () => {
    const verifier = await verifierOf([sigstore.trustedRoot]);
    const parsed = JSON.parse(Buffer.from(bundle).toString());
    for (const at of [0, 40, 90]) {
      const payload = Buffer.from(parsed.dsseEnvelope.payload, 'base64');
      payload.writeUInt8(payload.readUInt8(at) ^ 1, at);
      const dsseEnvelope = { ...parsed.dsseEnvelope, payload: payload.toString('base64') };
      expect(verifier.verify(Buffer.from(JSON.stringify({ ...parsed, dsseEnvelope })))).toMatchObject({ valid: false });
    }
  });
});

describe('expected identities', () => {
  it('are a name and an issuer, and not empty', () => {
    expect(expectedIdentity({})).toBeUndefined();
    for (const words of [
      { identity: WORKFLOW },
      { issuer: ISSUER },
      { identity: WORKFLOW, identityRegexp: 'x', issuer: ISSUER },
      { identity: '', issuer: ISSUER },
      { identityRegexp: '', issuer: ISSUER },
      { identityRegexp: '(', issuer: ISSUER },
    ]) {
      expect(() => expectedIdentity(words)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    }
  });
});
