import { areEqual, type Bytes, concat } from '../bytes.ts';
import { rawSignature } from '../raw-signature.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, asked } from './answers.ts';
import { Buffer } from './node-buffer.ts';

/** A public key as it is handed over. */
interface Key {
  der: Bytes;
}

const HASHES = new Map([
  ['sha256', 'SHA-256'],
  ['sha384', 'SHA-384'],
  ['sha512', 'SHA-512'],
]);

function hashNamed(name: string): string {
  const hash = HASHES.get(name);
  if (hash === undefined) throw new TypeError(`no hash ${name}`);
  return hash;
}

/** A copy; like `node:crypto` it throws for what is no bytes, which the packages take for something that does not hold. */
function own(bytes: unknown): Bytes {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('not bytes');
  return new Uint8Array(bytes);
}

function createPublicKey({ key }: { key: Uint8Array }): Key {
  return { der: own(key) };
}

class Hash {
  readonly #name: string;
  readonly #parts: Bytes[] = [];

  constructor(name: string) {
    this.#name = hashNamed(name);
  }

  update(part: Uint8Array): this {
    this.#parts.push(own(part));
    return this;
  }

  digest(): Uint8Array {
    const data = concat(...this.#parts);
    const hash = asked().to(this.#name, [data], async () => new Uint8Array(await crypto.subtle.digest(this.#name, data)));
    if (!(hash instanceof Uint8Array)) throw new Error('not known yet');
    return Buffer.from(hash);
  }
}

/** Where it is not known yet, it is taken to hold: what follows from that is asked in the same run. */
function verify(algorithm: string | undefined, data: Uint8Array, { der }: Key, signature: Uint8Array): boolean {
  // As OpenSSL does where no hash is named. Ed25519 has its own.
  const hash = hashNamed(algorithm ?? 'sha256');
  const [signed, sig] = [own(data), own(signature)];
  const answer = asked().to(`verify ${hash}`, [signed, der, sig], async () => holds(signed, { der, sig, hash }));
  return answer === undefined || answer === true;
}

function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  // Nothing here is secret.
  return areEqual(own(a), own(b));
}

/** As much of `node:crypto` as `@sigstore/core` asks for, whose default export it takes; the bundler puts it in its place. */
export default { createPublicKey, createHash: (name: string) => new Hash(name), verify, timingSafeEqual };

const CURVES = [
  { namedCurve: 'P-256', size: 32 },
  { namedCurve: 'P-384', size: 48 },
] as const;

async function holds(data: Bytes, { der, sig, hash }: Key & { sig: Bytes; hash: string }): Promise<Answer> {
  const { subtle } = crypto;
  for (const { namedCurve, size } of CURVES) {
    const key = await subtle.importKey('spki', der, { name: 'ECDSA', namedCurve }, false, ['verify']).catch(() => undefined);
    if (key === undefined) continue;
    const raw = rawOrNone(sig, size);
    return raw !== undefined && subtle.verify({ name: 'ECDSA', hash }, key, raw, data);
  }
  const key = await subtle.importKey('spki', der, 'Ed25519', false, ['verify']).catch(() => undefined);
  return key === undefined ? 'none' : subtle.verify('Ed25519', key, sig, data);
}

function rawOrNone(der: Bytes, size: number): Bytes | undefined {
  try {
    return rawSignature(der, size);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
