import { writeTar } from '../../../../src/spec/archive/write-tar.ts';
import { parsePolicy, type ReleasePolicy } from '../../../../src/runtime/policy/release/release-policy.ts';
import { storedGzip } from '../../../../src/runtime/policy/release/stored-gzip.ts';

/** A policy of these files. */
export function policyOf(files: Readonly<Record<string, string | Buffer>>): ReleasePolicy {
  const contents = Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) }));
  return parsePolicy(storedGzip(Buffer.concat([...writeTar(contents)])));
}
