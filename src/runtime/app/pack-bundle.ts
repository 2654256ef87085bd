import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type Digest, sha256 } from '../../base/digest.ts';
import { writeTar } from '../../spec/archive/write-tar.ts';
import { openSource } from './open-source.ts';
import type { CallContext } from './operations.ts';

/** A bundle as it is sent: what is read of it, its configuration and its lock file, in one archive. The same bundle gives the same bytes. */
export async function packBundle(
  input: { bundle: string; dialect?: string },
  context: CallContext,
): Promise<{ content: Buffer; digest: Digest }> {
  const { bundle, config, lock } = await openSource(input, context);
  const isFolder = existsSync(join(bundle.root, bundle.files[0]?.path ?? ''));
  const files = bundle.files.map(({ path, text, fault }) => ({
    path: `${bundle.name}/${path}`,
    // What is no text is sent as it lies, so that the same is said of it there.
    content: fault !== undefined && isFolder ? readFileSync(join(bundle.root, path)) : Buffer.from(text),
  }));
  const beside = [
    ...(config === undefined || config.folder !== '' ? [] : [{ path: basename(config.path), text: config.text }]),
    ...(lock.text === undefined ? [] : [{ path: basename(lock.path), text: lock.text }]),
  ].map(({ path, text }) => ({ path: `${bundle.name}/${path}`, content: Buffer.from(text) }));
  // Level 9 everywhere: what is sent is known by its digest.
  const content = gzipSync(Buffer.concat([...writeTar([...files, ...beside])]), { level: 9 });
  return { content, digest: sha256(content) };
}
