import { bytesOf, type Bytes, concat, digestOf, fromBase64, textOf } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import type { SigningKey } from './keys.ts';
import { rawSignature } from './raw-signature.ts';
import { jsonIn, refuse } from './refusal.ts';

/** An in-toto statement whose signature holds. */
export interface VerifiedStatement {
  predicateType: string;
  subjects: readonly { name: string; sha256: string }[];
  predicate: Readonly<Record<string, unknown>>;
  /** Digest of the whole bundle, the signature included: what the log records. */
  bundle: string;
  /** Fingerprint of the key that signed it, or whom its certificate was issued to. */
  signer: string;
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT = 'https://in-toto.io/Statement/v1';

interface Envelope {
  payload: Bytes;
  signature: Bytes;
  hint: string;
}

/** Checks a Sigstore bundle with a DSSE envelope against these keys, as this product writes it and not otherwise. */
export async function verifyBundle(bytes: Bytes, keys: readonly SigningKey[]): Promise<VerifiedStatement> {
  const { payload, signature, hint } = readEnvelope(bytes);
  const signer = keys.find((key) => key.hint === hint) ?? refuse('it is signed by a key that is not trusted here');
  const signed = concat(bytesOf(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);
  const holds = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, signer.key, rawSignature(signature, 32), signed);
  if (!holds) return refuse('its signature does not hold');
  return { ...readStatement(payload), bundle: await digestOf(bytes), signer: signer.fingerprint };
}

/** The text of a bundle that holds these; what has anything else in it is not one of ours. */
function bundleText(payload: string, sig: string, { hint, keyid }: { hint: string; keyid: string | undefined }): string {
  return canonicalJson({
    mediaType: MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint }, timestampVerificationData: {} },
    dsseEnvelope: { payload, payloadType: PAYLOAD_TYPE, signatures: [keyid === undefined ? { sig } : { sig, keyid }] },
  });
}

function readEnvelope(bytes: Bytes): Envelope {
  const text = textOf(bytes);
  const bundle = jsonIn(text, 'the bundle') as {
    verificationMaterial?: { publicKey?: { hint?: unknown } };
    dsseEnvelope?: { payload?: unknown; signatures?: { sig?: unknown; keyid?: unknown }[] };
  } | null;
  const hint = bundle?.verificationMaterial?.publicKey?.hint;
  const { payload, signatures } = bundle?.dsseEnvelope ?? {};
  const { sig, keyid } = Array.isArray(signatures) ? (signatures[0] ?? {}) : {};
  const isKeyId = keyid === undefined || keyid === '' || keyid === hint;
  if (typeof hint !== 'string' || typeof payload !== 'string' || typeof sig !== 'string' || !isKeyId)
    return refuse('the bundle is malformed');
  if (bundleText(payload, sig, { hint, keyid: typeof keyid === 'string' ? keyid : undefined }) !== text) {
    return refuse('the bundle is not written as bundles are');
  }
  const [body, signature] = [fromBase64(payload), fromBase64(sig)];
  if (body === undefined || signature === undefined) return refuse('the bundle is not written in base64');
  return { payload: body, signature, hint };
}

/** The in-toto statement that was signed. */
export function readStatement(payload: Bytes): Omit<VerifiedStatement, 'bundle' | 'signer'> {
  const value = jsonIn(textOf(payload), 'the statement') as Record<string, unknown> | null;
  const { _type, predicateType, predicate, subject } = value ?? {};
  const isWhole = typeof predicate === 'object' && predicate !== null && Array.isArray(subject) && subject.length > 0;
  if (_type !== STATEMENT || typeof predicateType !== 'string' || !isWhole)
    return refuse('what is signed is no in-toto statement');
  return { predicateType, subjects: subject.map(readSubject), predicate: predicate as Record<string, unknown> };
}

function readSubject(value: unknown): { name: string; sha256: string } {
  const { name, digest } = (value ?? {}) as { name?: unknown; digest?: { sha256?: unknown } };
  const sha256 = digest?.sha256;
  if (typeof name !== 'string' || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    return refuse('a subject of the statement is malformed');
  return { name, sha256 };
}
