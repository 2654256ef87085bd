import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { type Digest, hexOf, isDigest, sha256 } from '../../base/digest.ts';
import { dateAnew } from '../../base/date-anew.ts';
import { createDurably, writeDurably } from '../../base/durable-file.ts';
import { NexusError, systemCode } from '../../base/errors.ts';
import { TOP_MARK } from '../../spec/archive/packed-entry.ts';
import { writeTar } from '../../spec/archive/write-tar.ts';
import { type BundleManifest, manifestDigest, type ManifestFile } from '../app/source/bundle-manifest.ts';
import type { UploadFolders } from '../app/upkeep/upload-folders.ts';

/** What a specification is named that was made here: unlike those that were sent whole, so that none of them can stand in its place. */
export const MADE = '.tgz';

/** Manifests whose contents are on their way at once; any others are read again for each content. */
const OPEN = 16;

/** How a specification stands whose manifest was sent: contents that it lacks, or where it lies. */
export type Standing = { missing: Digest[] } | { path: string };

/**
 * Specifications that are sent file by file, known by the digest of their manifests. A content is taken only if a manifest asks for it, and is kept beside
 * the specifications, apart from the contents of missions: who knows the digest of something that a mission has made does not get it here.
 */
export class ManifestDesk {
  readonly #folders: UploadFolders;
  readonly #open = new Map<string, ReadonlyMap<string, ManifestFile>>();

  constructor(folders: UploadFolders) {
    this.#folders = folders;
  }

  /** Keeps a manifest, and makes the specification of it as soon as nothing is missing. Throws `USAGE` for a size that is not the content's. */
  async keep(manifest: BundleManifest): Promise<Standing & { digest: Digest }> {
    const digest = manifestDigest(manifest);
    const path = join(this.#folders.specifications, `${hexOf(digest)}${MADE}`);
    if (dateAnew(path)) return { digest, path };
    createDurably(this.#manifestPath(digest), JSON.stringify(manifest));
    dateAnew(this.#manifestPath(digest));
    const contents = new Map<Digest, Buffer>();
    const missing: Digest[] = [];
    for (const each of new Set(manifest.files.map((file) => file.digest))) {
      const content = await this.#read(each);
      if (content === undefined) missing.push(each);
      else contents.set(each, content);
    }
    if (missing.length > 0) return { digest, missing };
    const files = manifest.files.map((file) => {
      const content = contents.get(file.digest) ?? Buffer.alloc(0);
      requireSize(file, content);
      return { path: `${manifest.name}/${file.path}`, content };
    });
    // It is known by its manifest, so that it need not be packed tightly.
    const mark = { path: `${manifest.name}/${TOP_MARK}`, content: Buffer.alloc(0) };
    createDurably(path, await promisify(gzip)(Buffer.concat([...writeTar([...files, mark])]), { level: 1 }));
    return { digest, path };
  }

  /** Keeps a content that a manifest asks for. Throws `NOT_FOUND` if it does not, and `USAGE` for another content than it says. */
  put(specification: string, digest: string, content: Buffer): void {
    const asked = this.#asked(specification)?.get(digest);
    if (asked === undefined) {
      throw new NexusError('NOT_FOUND', `No manifest ${specification} asks for ${digest}.`, {
        hint: 'Send the manifest first with `POST /v1/specifications`; the answer has its digest, and those of what is missing.',
      });
    }
    if (sha256(content) !== asked.digest) throw new NexusError('USAGE', `What was sent is not ${asked.digest}.`);
    requireSize(asked, content);
    writeDurably(this.#contentPath(asked.digest), content);
  }

  /** What a specification lacks whose manifest is here; undefined for any other. */
  missing(specification: string): Digest[] | undefined {
    const asked = this.#asked(specification);
    return asked && [...asked.values()].flatMap(({ digest }) => (existsSync(this.#contentPath(digest)) ? [] : [digest]));
  }

  /** The files of a manifest that is here, by the digests of their contents. */
  #asked(specification: string): ReadonlyMap<string, ManifestFile> | undefined {
    if (!isDigest(specification) || !existsSync(this.#manifestPath(specification))) return undefined;
    const open = this.#open.get(specification);
    if (open !== undefined) return open;
    const { files } = JSON.parse(readFileSync(this.#manifestPath(specification), 'utf8')) as BundleManifest;
    const asked = new Map(files.map((file) => [file.digest, file]));
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= OPEN) this.#open.delete(oldest);
    this.#open.set(specification, asked);
    return asked;
  }

  /** A content that is here and whole; one that was damaged is sent again. */
  async #read(digest: Digest): Promise<Buffer | undefined> {
    if (!dateAnew(this.#contentPath(digest))) return undefined;
    try {
      const content = await readFile(this.#contentPath(digest));
      return sha256(content) === digest ? content : undefined;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #manifestPath(digest: Digest): string {
    return join(this.#folders.manifests, `${hexOf(digest)}.json`);
  }

  #contentPath(digest: Digest): string {
    return join(this.#folders.contents, hexOf(digest));
  }
}

function requireSize({ path, size }: { path: string; size: number }, content: Buffer): void {
  if (content.length === size) return;
  throw new NexusError('USAGE', `${path} has ${content.length} bytes, and not ${size} as its manifest says.`);
}
