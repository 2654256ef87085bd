import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { type Digest, digestOf, sha256 } from '../../../base/digest.ts';
import { openSource } from './open-source.ts';
import type { CallContext } from '../operations.ts';

/** Media type of a manifest (RFC 6838, the vendor tree). */
export const MANIFEST_TYPE = 'application/vnd.agentnexus.manifest+json';

/** What a bundle is made of; its contents go apart, each once. */
export interface BundleManifest {
  /** Of the bundle: one name, and no path. */
  name: string;
  files: ManifestFile[];
}

export interface ManifestFile {
  /** Relative to the bundle, with `/`. */
  path: string;
  digest: Digest;
  /** Bytes. */
  size: number;
}

/** A bundle as it is sent. */
export interface ManifestedBundle {
  manifest: BundleManifest;
  /** By which it is known where it is sent. */
  digest: Digest;
  contents: ReadonlyMap<string, Buffer>;
}

/** By which a bundle is known that is sent as this: of the manifest's canonical JSON. */
export function manifestDigest({ name, files }: BundleManifest): Digest {
  return digestOf({ name, files: files.map(({ path, digest, size }) => ({ path, digest, size })) });
}

/** A bundle as it is sent: what is read of it, its configuration and its lock file. The same bundle has the same manifest. */
export async function manifestOf(input: { bundle: string; dialect?: string }, context: CallContext): Promise<ManifestedBundle> {
  const { bundle, config, lock } = await openSource(input, context);
  const isFolder = existsSync(join(bundle.root, bundle.files[0]?.path ?? ''));
  const files = bundle.files.map(({ path, text, fault }) => ({
    path,
    // What is no text is sent as it lies, so that the same is said of it there.
    content: fault !== undefined && isFolder ? readFileSync(join(bundle.root, path)) : Buffer.from(text),
  }));
  const beside = [
    ...(config === undefined || config.folder !== '' ? [] : [{ path: basename(config.path), text: config.text }]),
    ...(lock.text === undefined ? [] : [{ path: basename(lock.path), text: lock.text }]),
  ].map(({ path, text }) => ({ path, content: Buffer.from(text) }));
  const all = [...files, ...beside].map(({ path, content }) => ({ path, content, digest: sha256(content) }));
  const manifest = {
    name: bundle.name,
    files: all.map(({ path, digest, content }) => ({ path, digest, size: content.length })),
  };
  const contents = new Map(all.map(({ digest, content }) => [digest, content]));
  return { manifest, digest: manifestDigest(manifest), contents };
}
