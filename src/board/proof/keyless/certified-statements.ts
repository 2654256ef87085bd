import { bundleFromJSON, bundleToJSON, type Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

import { mergedRoots } from '../../../runtime/vault/keyless/trusted-root.ts';
import { parseBundle } from '../../../runtime/vault/strict-bundle.ts';
import { PAYLOAD_TYPE, readStatement, type VerifiedStatement } from '../bundle.ts';
import { type Bytes, digestOf } from '../bytes.ts';
import type { LogKey } from '../keys.ts';
import { Refusal, refuse, Unchecked } from '../refusal.ts';
import { Answers } from './answers.ts';
import { logRoot } from './log-root.ts';

/**
 * Statements that short-lived certificates sign, checked by the library that `spec-kit verify` goes by: the certificate's chain at the time that a log or a clock attests,
 * the certificate's own log, the place in a transparency log, the time stamp, the signature.
 */
export class CertifiedStatements {
  readonly #answers = new Answers();
  readonly #verifier: Verifier;

  private constructor(root: TrustedRoot) {
    this.#verifier = new Verifier(toTrustMaterial(root), { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  }

  /** Under these trusted roots; the log's own key counts for a transparency log, too. Throws `Unchecked` where they name no authority. */
  static async under(roots: readonly string[], log: LogKey | undefined): Promise<CertifiedStatements> {
    const texts = log === undefined ? roots : [...roots, await logRoot(log)];
    try {
      const root = mergedRoots(texts, TrustedRoot);
      if (root.certificateAuthorities.length === 0) throw new Unchecked('its trusted root names no authority');
      return new CertifiedStatements(root);
    } catch (error) {
      throw error instanceof Unchecked ? error : new Refusal(messageOf(error));
    }
  }

  /** A statement that somebody's certificate has signed. What does not hold is refused; throws `Unchecked` for what cannot be told here. */
  async verify(bytes: Bytes): Promise<VerifiedStatement> {
    const { bundle, payload } = readBundle(bytes);
    const signer = await this.#signerOf(bundle);
    return { ...readStatement(payload), bundle: await digestOf(bytes), signer };
  }

  /** `SUBJECT (ISSUER)`: whom the certificate was issued to, and the identity provider that vouched for that. */
  async #signerOf(bundle: Bundle): Promise<string> {
    try {
      const entity = toSignedEntity(bundle);
      const { identity } = await this.#answers.for(() => this.#verifier.verify(entity));
      return `${identity?.subjectAlternativeName ?? 'nobody'} (${identity?.extensions?.issuer ?? 'unknown'})`;
    } catch (error) {
      if (error instanceof Unchecked || error instanceof Refusal) throw error;
      return refuse(whyOf(error));
    }
  }
}

function readBundle(bytes: Bytes): { bundle: Bundle; payload: Bytes } {
  const bundle = parsed(bytes);
  const { content, verificationMaterial } = bundle;
  if (verificationMaterial.content.$case !== 'certificate') return refuse('it is not signed by one certificate');
  if (content.$case !== 'dsseEnvelope') return refuse('it holds no DSSE envelope');
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  if (payloadType !== PAYLOAD_TYPE) return refuse('what is signed is not declared as an in-toto statement');
  // The key id of the envelope is not signed.
  if ((signatures[0]?.keyid ?? '') !== '') return refuse('it names a key, and is signed by a certificate');
  return { bundle, payload: new Uint8Array(payload) };
}

function parsed(bytes: Bytes): Bundle {
  try {
    return parseBundle(bytes, { bundleFromJSON, bundleToJSON });
  } catch (error) {
    return refuse(`the bundle is malformed: ${messageOf(error)}`);
  }
}

const WHAT: Readonly<Record<string, string>> = {
  CERTIFICATE_ERROR: 'its certificate does not count',
  TIMESTAMP_ERROR: 'nobody who is trusted attests when it was signed',
  SIGNATURE_ERROR: 'its signature does not hold',
};

/** In the words of people, and those of the library. */
function whyOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const tlog = String(code).startsWith('TLOG') ? 'no transparency log that is trusted has it' : undefined;
  const what = tlog ?? WHAT[String(code)] ?? 'it cannot be read';
  return [what, messageOf(error), ...(cause === undefined ? [] : [messageOf(cause)])].join(': ');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
