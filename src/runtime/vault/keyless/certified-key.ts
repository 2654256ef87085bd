import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';

import type { FulcioSigner, Signer } from '@sigstore/sign';

import type { Clock } from '../../../base/clock.ts';

/** Of the ten minutes that a certificate lives, how many milliseconds must be left for it to be used. */
const MARGIN = 60_000;

interface Certified {
  certificate: string;
  privateKey: KeyObject;
  until: number;
}

interface CertifiedKeyOptions {
  clock: Clock;
  /** Has a key certified: `FulcioSigner`, made with it. */
  certify: (keyHolder: Signer) => Pick<FulcioSigner, 'sign'>;
}

/**
 * Signs with a key that is made here, never leaves this process, and is certified for as long as a certificate lives: a mission of a thousand statements asks for
 * one certificate and not for a thousand.
 */
export function certifiedKey({ clock, certify }: CertifiedKeyOptions): Signer {
  let current: Promise<Certified> | undefined;

  async function certified(): Promise<Certified> {
    const known = await current;
    if (known !== undefined && clock.now() < known.until - MARGIN) return known;
    current = requested(certify);
    // What failed is asked for again by whoever signs next.
    current.catch(() => (current = undefined));
    return current;
  }

  let turn: Promise<unknown> = Promise.resolve();
  return {
    async sign(data) {
      // One after the other: those that come in together share what the first is given.
      const mine = turn.then(certified);
      turn = mine.catch(() => undefined);
      const { certificate, privateKey } = await mine;
      return { signature: sign('sha256', data, privateKey), key: { $case: 'x509Certificate', certificate } };
    },
  };
}

async function requested(certify: CertifiedKeyOptions['certify']): Promise<Certified> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const holder: Signer = {
    sign: async (data) => ({ signature: sign('sha256', data, privateKey), key: { $case: 'publicKey', publicKey: pem } }),
  };
  const { key } = await certify(holder).sign(Buffer.alloc(0));
  if (key.$case !== 'x509Certificate') throw new TypeError('not a certificate');
  const { validTo, publicKey: certifiedKeyOf } = new X509Certificate(key.certificate);
  if (!certifiedKeyOf.equals(publicKey)) throw new TypeError('the certificate is of another key');
  return { certificate: key.certificate, privateKey, until: Date.parse(validTo) };
}
