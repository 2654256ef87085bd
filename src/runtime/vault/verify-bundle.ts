import type { KeyObject } from 'node:crypto';

import type { Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';

import { type Digest, sha256 } from '../../base/digest.ts';
import { messageOf } from '../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { NoteVerifier } from '../log/signed-note.ts';
import type { VerifyCode, VerifyFault } from './failure.ts';
import { faultOf, type Refused } from './keyless/certificate-fault.ts';
import { type ExpectedIdentity, isExpected, type SignerIdentity } from './keyless/identity-match.ts';
import { logTrustedRoot } from './keyless/own-log.ts';
import { mergeTrustedRoots } from './keyless/trusted-root.ts';
import { parsePublicKey } from './public-key.ts';
import { isSafePath } from './safe-path.ts';
import { fingerprintOf, hintOf } from './signing-key.ts';
import { STATEMENT_MEDIA_TYPE, STATEMENT_TYPE, type Statement, type Subject } from './statement.ts';
import { parseBundle } from './strict-bundle.ts';
import { parseStrictJson } from './strict-json.ts';

/** A statement whose signature holds. Nothing but `verify` makes one; decisions are made over these alone. */
export interface VerifiedStatement {
  statement: Statement;
  /** SHA-256 of the Sigstore bundle's bytes, the signature included. */
  bundle: Digest;
  /** Fingerprint of the key that signed; that of the certificate, where there is one. */
  signer: Digest;
  /** Whom the certificate was issued to, where there is one. */
  identity?: SignerIdentity;
}

/** What is believed beside keys. */
export interface BundleTrust {
  /** Texts of Sigstore trusted roots: certificates count only with one. */
  roots?: readonly string[];
  /** Whose certificates count; anybody's whom a root certifies, if left out. */
  identity?: ExpectedIdentity | undefined;
  /** Logs of ours, whose inclusion proofs count as those of the roots' logs do. */
  logs?: readonly NoteVerifier[];
}

export type BundleCheck = { valid: true; verified: VerifiedStatement } | ({ valid: false } & VerifyFault);

export interface BundleVerifier {
  /** Checks the bytes of a `.sigstore.json`. Never throws for what is in them. */
  verify(bytes: Uint8Array): BundleCheck;
  /** Whom the certificates name that were found good so far. */
  identities(): SignerIdentity[];
}

class Invalid extends Error {
  readonly code: VerifyCode;

  constructor(code: VerifyCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Verifies Sigstore bundles that carry a DSSE-signed in-toto statement, against these public keys (PEM; `KEY_UNUSABLE` if one is none) and roots
 * (`TRUSTED_ROOT_UNUSABLE`). `@sigstore/verify` checks chains, time and signature and never looks into the payload; type, subjects and strictness are checked
 * here. Loading it takes 20 ms.
 */
export async function openBundleVerifier(publicKeys: readonly string[], trust: BundleTrust = {}): Promise<BundleVerifier> {
  const [bundles, sigstore, root] = await Promise.all([
    import('@sigstore/bundle'),
    import('@sigstore/verify'),
    mergeTrustedRoots([...(trust.roots ?? []), logTrustedRoot(trust.logs ?? [])]),
  ]);
  const { toSignedEntity, toTrustMaterial, Verifier } = sigstore;
  const keys = new Map(publicKeys.map((text) => trusted(parsePublicKey(text).key)));
  const known = new Set(root.tlogs.flatMap(({ logId }) => logId?.keyId.toString('hex') ?? []));
  const material = toTrustMaterial(root, (hint) => ({ publicKey: keyFor(keys, hint).key, validFor: () => true }));
  // A local key has no certificate and needs no witness: our own log's proof is checked by `check-log.ts`.
  const byKey = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  const byCertificate = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });

  const seen = new Map<string, SignerIdentity>();

  function signerOf(bundle: Bundle): Pick<VerifiedStatement, 'signer' | 'identity'> {
    const { content } = bundle.verificationMaterial;
    if (content.$case === 'publicKey') {
      const { fingerprint } = keyFor(keys, content.publicKey.hint);
      const entity = toSignedEntity(withKnownWitnesses(bundle, known, root));
      sound(() => byKey.verify(entity), { root });
      return { signer: fingerprint };
    }
    if (content.$case !== 'certificate') throw new Invalid('VERIFY_BUNDLE_MALFORMED', 'it holds a chain of certificates');
    if (root.certificateAuthorities.length === 0) {
      throw new Invalid(
        'VERIFY_KEY_UNKNOWN',
        'it is signed by a certificate, and no trusted root is given that certificates count under',
      );
    }
    const certificate = content.certificate.rawBytes;
    const entity = toSignedEntity(bundle);
    const { key, identity } = sound(() => byCertificate.verify(entity), { root, certificate });
    const who = { subject: identity?.subjectAlternativeName ?? '', issuer: identity?.extensions?.issuer ?? '' };
    if (trust.identity !== undefined && !isExpected(who, trust.identity)) {
      throw new Invalid(
        'VERIFY_IDENTITY',
        `it is signed by ${who.subject || 'nobody'} (issuer ${who.issuer || 'unknown'}), who is not the one that you expect`,
      );
    }
    seen.set(JSON.stringify([who.subject, who.issuer]), who);
    return { signer: fingerprintOf(key), identity: who };
  }

  function check(bytes: Uint8Array): VerifiedStatement {
    const bundle = attempt('VERIFY_BUNDLE_MALFORMED', () => parseBundle(bytes, bundles));
    const { payloadType, payload } = contentOf(bundle);
    const { content } = bundle.verificationMaterial;
    if (content.$case === 'publicKey') keyFor(keys, content.publicKey.hint);
    if (payloadType !== STATEMENT_MEDIA_TYPE) throw new Invalid('VERIFY_PAYLOAD_TYPE', `the payload type is ${payloadType}`);
    const signer = signerOf(bundle);
    return { statement: parseStatement(payload), bundle: sha256(bytes), ...signer };
  }

  return {
    identities: () => [...seen.values()],
    verify(bytes) {
      try {
        return { valid: true, verified: check(bytes) };
      } catch (error) {
        if (error instanceof Invalid) return { valid: false, code: error.code, message: error.message };
        return { valid: false, code: 'VERIFY_BUNDLE_MALFORMED', message: messageOf(error) };
      }
    },
  };
}

/** What it returns, or why it refuses. */
function sound<T>(verify: () => T, refused: Refused): T {
  try {
    return verify();
  } catch (error) {
    const fault = error instanceof Invalid ? undefined : faultOf(error, refused);
    throw fault === undefined ? error : new Invalid(fault.code, fault.message);
  }
}

/** A key's signature stands by itself: what logs and clocks that nobody knows here have said of it does not count, for or against it. */
function withKnownWitnesses(bundle: Bundle, known: ReadonlySet<string>, { timestampAuthorities }: TrustedRoot): Bundle {
  const { verificationMaterial: material } = bundle;
  const tlogEntries = material.tlogEntries.filter(({ logId }) => known.has(logId?.keyId.toString('hex') ?? ''));
  const timestampVerificationData = timestampAuthorities.length > 0 ? material.timestampVerificationData : undefined;
  return { ...bundle, verificationMaterial: { ...material, tlogEntries, timestampVerificationData } } as Bundle;
}

interface TrustedKey {
  key: KeyObject;
  fingerprint: Digest;
}

function trusted(key: KeyObject): [string, TrustedKey] {
  const fingerprint = fingerprintOf(key);
  return [hintOf(fingerprint), { key, fingerprint }];
}

function keyFor(keys: ReadonlyMap<string, TrustedKey>, hint: string): TrustedKey {
  const key = keys.get(hint);
  if (key === undefined)
    throw new Invalid('VERIFY_KEY_UNKNOWN', `it is signed by key ${hint || '(unnamed)'}, which is not trusted here`);
  return key;
}

function attempt<T>(code: VerifyCode, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Invalid ? error : new Invalid(code, messageOf(error));
  }
}

function contentOf(bundle: Bundle) {
  const { content, verificationMaterial } = bundle;
  const material = verificationMaterial.content;
  if (content.$case !== 'dsseEnvelope') throw new Invalid('VERIFY_BUNDLE_MALFORMED', 'it holds no DSSE envelope');
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const hint = material.$case === 'publicKey' ? material.publicKey.hint : '';
  // The key id of the envelope is not signed, so that it may only repeat what is checked.
  const keyid = signatures[0]?.keyid ?? '';
  if (keyid !== '' && keyid !== hint) throw new Invalid('VERIFY_BUNDLE_MALFORMED', 'its two names of the key differ');
  return { payload, payloadType };
}

function parseStatement(payload: Uint8Array): Statement {
  const value = attempt('VERIFY_STATEMENT_MALFORMED', () => parseStrictJson(payload));
  const fault = statementFault(value);
  if (fault !== undefined) throw new Invalid('VERIFY_STATEMENT_MALFORMED', fault);
  return value as Statement;
}

function statementFault(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return 'the statement is not an object';
  const { _type, subject, predicateType, predicate, ...rest } = value;
  if (_type !== STATEMENT_TYPE) return `the statement's _type is ${JSON.stringify(_type)}`;
  if (Object.keys(rest).length > 0) return `the statement has an unknown field ${Object.keys(rest)[0]}`;
  if (typeof predicateType !== 'string' || !URL.canParse(predicateType)) return 'the predicateType is not a URI';
  if (!isJsonObject(predicate)) return 'the predicate is not an object';
  if (!Array.isArray(subject) || subject.length === 0) return 'there is no subject';
  return subjectsFault(subject);
}

function subjectsFault(subjects: readonly JsonValue[]): string | undefined {
  const names = new Set<string>();
  for (const subject of subjects) {
    if (!isSubject(subject)) return `not a subject with a safe name and a SHA-256: ${JSON.stringify(subject).slice(0, 200)}`;
    if (names.has(subject.name)) return `two subjects are named ${subject.name}`;
    names.add(subject.name);
  }
  return undefined;
}

function isSubject(value: JsonValue): value is Subject {
  if (!isJsonObject(value) || typeof value['name'] !== 'string' || !isSafePath(value['name'])) return false;
  const digest = value['digest'];
  return isJsonObject(digest) && typeof digest['sha256'] === 'string' && /^[0-9a-f]{64}$/.test(digest['sha256']);
}
