import { X509Certificate } from 'node:crypto';

import type { TrustedRoot } from '@sigstore/protobuf-specs';

import { messageOf } from '../../../base/errors.ts';
import type { VerifyCode, VerifyFault } from '../failure.ts';

/** What was verified. */
export interface Refused {
  root: TrustedRoot;
  certificate?: Uint8Array;
}

/** Why `@sigstore/verify` refused a bundle, in the words of `verify`. Undefined for an error that is none of its refusals. */
export function faultOf(error: unknown, { certificate, root }: Refused): VerifyFault | undefined {
  if (!isRefusal(error)) return undefined;
  const message = messageOf(error);
  if (error.code === 'CERTIFICATE_ERROR' && certificate !== undefined) return certificateFault(error, certificate, root);
  const code = CODES.get(error.code);
  return code && { code, message };
}

const CODES: ReadonlyMap<string, VerifyCode> = new Map([
  ['SIGNATURE_ERROR', 'VERIFY_SIGNATURE'],
  ['CERTIFICATE_ERROR', 'VERIFY_CERTIFICATE'],
  ['PUBLIC_KEY_ERROR', 'VERIFY_KEY_UNKNOWN'],
  ['TIMESTAMP_ERROR', 'VERIFY_TIMESTAMP'],
  ...['', '_BODY', '_INCLUSION_PROOF', '_INCLUSION_PROMISE', '_MISSING_INCLUSION'].map((part): [string, VerifyCode] => [
    `TLOG${part}_ERROR`,
    'VERIFY_TLOG',
  ]),
]);

function isRefusal(error: unknown): error is Error & { code: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/**
 * The verifier says only that no chain fits: whether the issuer is unknown or the time is wrong is found out here. It names a cause where it has followed a chain, and
 * leaves out authorities that were not valid then; all else is about the certificate's own log.
 */
function certificateFault(error: Error, certificate: Uint8Array, root: TrustedRoot): VerifyFault {
  const leaf = new X509Certificate(certificate);
  const issuers = root.certificateAuthorities.filter((authority) => hasIssued(authority, leaf));
  if (issuers.length === 0) {
    const issuer = leaf.issuer.split('\n').join(', ');
    return { code: 'VERIFY_CERTIFICATE', message: `its certificate is issued by ${issuer}, whom the trusted root does not know` };
  }
  const { validFrom, validTo } = leaf;
  const isTimely = error.cause === undefined && issuers.some(({ validFor }) => isWithin(Date.parse(validFrom), validFor));
  if (isTimely) return { code: 'VERIFY_SCT', message: messageOf(error) };
  return {
    code: 'VERIFY_CERTIFICATE_TIME',
    message: `it was signed outside of the time that its certificate, or who issued it, is valid (${validFrom} to ${validTo})`,
  };
}

type Authority = TrustedRoot['certificateAuthorities'][number];

function hasIssued({ certChain }: Authority, leaf: X509Certificate): boolean {
  return (certChain?.certificates ?? []).some(({ rawBytes }) => {
    const issuer = new X509Certificate(rawBytes);
    return leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
  });
}

function isWithin(time: number, range: Authority['validFor']): boolean {
  const { start, end } = range ?? {};
  return (start === undefined || start.getTime() <= time) && (end === undefined || time <= end.getTime());
}
