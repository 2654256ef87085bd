import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { PrincipalRule } from '../../../base/generated/server.ts';
import type { JsonObject } from '../../../base/json.ts';
import { type Principal, unknownCaller } from '../principal.ts';
import { principalFor } from './principal-rules.ts';

/**
 * Who the certificate of a client stands for; undefined if none was shown. Throws `AUTH_MISSING` for one that is not good, or stands for nobody.
 */
export function certificatePrincipal(socket: Socket, rules: readonly PrincipalRule[]): Principal | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  if (!socket.authorized)
    throw unknownCaller('The certificate comes from nobody who is trusted here, or is over.', 'certificate');
  const claims = claimsOf(certificate);
  const principal = claims && principalFor(claims, rules, claims['uri'] === undefined ? '{CN}' : '{uri}');
  if (principal === undefined || principal.name === '') {
    throw unknownCaller('The certificate stands for nobody here.', 'certificate');
  }
  return { ...principal, expires: certificate.validToDate.getTime() };
}

const SAN_KINDS: Readonly<Record<string, string>> = { URI: 'uri', DNS: 'dns', email: 'email' };

/** What a certificate says of its holder. Undefined for an SVID that breaks its rules: exactly one URI (SPIFFE X.509-SVID, section 2). */
function claimsOf({ subject, subjectAltName = '' }: X509Certificate): JsonObject | undefined {
  const claims: Record<string, string[]> = {};
  const add = (name: string, value: string): void => void (claims[name] ??= []).push(value);
  // Node quotes values that have a comma or a quote in them as JSON does: so none can pose as two.
  for (const [, kind = '', value = ''] of subjectAltName.matchAll(/(?:^|, )([\w ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    const name = SAN_KINDS[kind];
    if (name !== undefined && !value.startsWith('"')) add(name, value);
  }
  for (const line of (subject ?? '').split('\n')) {
    const [, name, value] = /^(CN|O|OU)=([^\\]*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) add(name, value);
  }
  const uris = claims['uri'] ?? [];
  return uris.length > 1 && uris.some((uri) => uri.startsWith('spiffe:')) ? undefined : claims;
}
