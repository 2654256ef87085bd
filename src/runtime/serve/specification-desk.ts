import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { type Digest, isDigest, sha256 } from '../../base/digest.ts';
import { dateAnew } from '../../base/date-anew.ts';
import { createDurably } from '../../base/durable-file.ts';
import { NexusError } from '../../base/errors.ts';
import { uploadFolders } from '../app/upkeep/upload-folders.ts';
import type { Workspace } from '../app/workspace.ts';
import { MADE, ManifestDesk } from './manifest-desk.ts';

/** Content types of what is uploaded, and how the file is named so that it is read as that. */
export const UPLOAD_TYPES: Readonly<Record<string, string>> = {
  'application/gzip': '.tar.gz',
  'application/x-gzip': '.tar.gz',
  'application/zip': '.zip',
  'text/markdown': '.md',
};

/** Bytes of a specification that is sent. */
export const UPLOAD = 64 * 1_048_576;

/** Specifications that were sent here, by the digest of what was sent: the whole, or the manifest of its files. */
export class SpecificationDesk {
  readonly manifests: ManifestDesk;
  readonly #folder: string;

  constructor({ dir }: Workspace) {
    const folders = uploadFolders(dir);
    this.#folder = folders.specifications;
    this.manifests = new ManifestDesk(folders);
  }

  /** Keeps what was sent, once however often it is sent. Throws `USAGE` for a type that nobody reads. */
  keep(content: Buffer, contentType: string): { digest: Digest; path: string } {
    const suffix = UPLOAD_TYPES[contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''];
    if (suffix === undefined) {
      throw new NexusError('USAGE', `A specification cannot be sent as ${contentType}.`, {
        hint: `Send one of ${Object.keys(UPLOAD_TYPES).join(', ')}.`,
      });
    }
    const digest = sha256(content);
    mkdirSync(this.#folder, { recursive: true });
    const path = this.#path(digest, suffix);
    createDurably(path, content);
    dateAnew(path);
    return { digest, path };
  }

  /** Where the specification lies that a digest, or a URI that ends in one, names. Throws `NOT_FOUND`. */
  find(name: string): string {
    const digest = name.slice(name.lastIndexOf('/') + 1);
    const suffixes = isDigest(digest) ? [MADE, ...Object.values(UPLOAD_TYPES)] : [];
    const path = suffixes.map((suffix) => this.#path(digest, suffix)).find((each) => dateAnew(each));
    if (path !== undefined) return path;
    const missing = this.manifests.missing(digest);
    if (missing !== undefined) throw incomplete(digest, missing);
    throw new NexusError('NOT_FOUND', `There is no specification ${name} here.`, {
      hint: 'Send it with `POST /v1/specifications`; the answer has its digest.',
      details: { specification: name },
    });
  }

  /** What a specification that lies here is called elsewhere: `find` knows it by that. */
  uriOf(path: string): string {
    return `urn:agentnexus:specification/sha256:${basename(path).split('.', 1)[0]}`;
  }

  #path(digest: string, suffix: string): string {
    return join(this.#folder, `${digest.slice('sha256:'.length)}${suffix}`);
  }
}

function incomplete(specification: string, missing: readonly Digest[]): NexusError {
  return new NexusError('NOT_FOUND', `Of the specification ${specification}, only the manifest is here.`, {
    hint: 'Send what is missing, each to `PUT /v1/specifications/{specification}/contents/{digest}`, and then the manifest again.',
    details: { specification, faults: missing.map((digest) => `${digest} is missing`) },
  });
}
