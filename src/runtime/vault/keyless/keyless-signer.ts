import type { Witness } from '@sigstore/sign';

import type { Clock } from '../../../base/clock.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { type BundleSigning, openBundleSigner, type StatementSigner } from '../sign-statement.ts';
import { certifiedKey } from './certified-key.ts';
import { type IdentitySource, noIdentity } from './identity-token.ts';
import { rekorV2Witness } from './rekor-v2-witness.ts';
import type { SigningServices } from './signing-services.ts';

const TIMEOUT = 30_000;
/** A service that is just being restarted is asked once more, after a second. */
const RETRIES = 1;

export interface KeylessSigner extends StatementSigner {
  /** Has an identity certified now rather than with the first statement. */
  certify(): Promise<void>;
}

export interface KeylessOptions {
  services: SigningServices;
  identity: IdentitySource;
  clock: Clock;
}

/**
 * A signer without a key of its own: an authority certifies who signs, a log and a clock attest it. Every fault ends the signing (`IDENTITY_UNAVAILABLE`, `SIGNING_FAILED`);
 * nothing else signs in its place.
 */
export async function openKeylessSigner({ services, identity, clock }: KeylessOptions): Promise<KeylessSigner> {
  const { FulcioSigner, RekorWitness, TSAWitness } = await import('@sigstore/sign');
  const { ca, log, timestamps } = services;
  const signer = certifiedKey({
    clock,
    certify: (keyHolder) =>
      new FulcioSigner({
        fulcioBaseURL: ca,
        identityProvider: { getToken: identity },
        keyHolder,
        timeout: TIMEOUT,
        retry: RETRIES,
      }),
  });
  const witnesses: Witness[] = [];
  if (log?.version === 1) {
    witnesses.push(
      named(log.url, new RekorWitness({ rekorBaseURL: log.url, entryType: 'dsse', timeout: TIMEOUT, retry: RETRIES })),
    );
  } else if (log !== undefined) witnesses.push(named(log.url, rekorV2Witness(log.url)));
  if (timestamps !== undefined) {
    const tsaBaseURL = timestamps.replace(/\/api\/v1\/timestamp$/, '');
    witnesses.push(named(timestamps, new TSAWitness({ tsaBaseURL, timeout: TIMEOUT, retry: RETRIES })));
  }
  const certified: BundleSigning['signer'] = { sign: (data) => orFailed(ca, () => signer.sign(data)) };
  const bundles = await openBundleSigner({ signer: certified, witnesses });
  return { ...bundles, certify: async () => void (await certified.sign(Buffer.alloc(0))) };
}

function named(url: string, witness: Witness): Witness {
  return { testify: (content, key) => orFailed(url, () => witness.testify(content, key)) };
}

async function orFailed<T>(url: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof NexusError ? error : failed(url, error);
  }
}

/** The library's error about a token holds the token, and is not handed on. */
function failed(url: string, error: unknown): NexusError {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (cause instanceof NexusError) return cause;
  if (code === 'IDENTITY_TOKEN_PARSE_ERROR' || code === 'IDENTITY_TOKEN_READ_ERROR')
    return noIdentity('The identity token cannot be read.');
  const why = [messageOf(error), ...(cause instanceof Error ? [cause.message] : [])].join(': ').slice(0, 300);
  return new NexusError('SIGNING_FAILED', `${url} did not do its part in signing: ${why}.`, {
    hint: 'Nothing was signed by another key in its place. Check the address, and run the same command again.',
    details: { url },
  });
}
