import type { KeyObject } from 'node:crypto';

import { CompactSign } from 'jose';

import { hexOf, sha256 } from '../../../../src/base/digest.ts';
import { writeTar } from '../../../../src/spec/archive/write-tar.ts';
import { parsePolicy, type ReleasePolicy } from '../../../../src/runtime/policy/release/release-policy.ts';
import { storedGzip } from '../../../../src/runtime/policy/release/stored-gzip.ts';

/** A policy of these files. */
export function policyOf(files: Readonly<Record<string, string | Buffer>>): ReleasePolicy {
  const contents = Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) }));
  return parsePolicy(storedGzip(Buffer.concat([...writeTar(contents)])));
}

/** A policy of these modules, signed as OPA signs. */
export async function signedPolicy(modules: Readonly<Record<string, string>>, privateKey: KeyObject): Promise<ReleasePolicy> {
  const files = Object.entries(modules).map(([name, text]) => ({ name, hash: hexOf(sha256(text)), algorithm: 'SHA-256' }));
  const token = await new CompactSign(Buffer.from(JSON.stringify({ files })))
    .setProtectedHeader({ alg: 'ES256' })
    .sign(privateKey);
  return policyOf({ ...modules, '.signatures.json': JSON.stringify({ signatures: [token] }) });
}
