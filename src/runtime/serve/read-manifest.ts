import { isDigest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonValue, parsedJson } from '../../base/json.ts';
import { packedPath } from '../../spec/archive/packed-entry.ts';
import { megabytes, tooLarge } from '../../spec/bundle/bundle-faults.ts';
import { BUNDLE_LIMITS } from '../../spec/bundle/bundle-limits.ts';
import type { BundleManifest, ManifestFile } from '../app/source/bundle-manifest.ts';

/** Bytes of a manifest. */
export const MANIFEST = 8 * 1_048_576;

/** Characters of a path: what systems take (`PATH_MAX`), with room for where it is read. */
const LONGEST = 1_024;

const IT = 'The manifest';

/** A manifest that somebody has sent. Throws `USAGE`, `BUNDLE_ESCAPE` for a path that leads out, and `BUNDLE_TOO_LARGE`. */
export function readManifest(body: Buffer): BundleManifest {
  const value = parsedJson(body.toString());
  const { name, files, ...rest } = isJsonObject(value) ? value : {};
  if (!isPath(name) || name.includes('/') || !Array.isArray(files) || Object.keys(rest).length > 0) throw refused();
  if (files.length > BUNDLE_LIMITS.files) throw tooLarge(IT, `${IT} has more than ${BUNDLE_LIMITS.files} files.`);
  const read = files.map((each: JsonValue) => fileOf(each));
  if (new Set(read.map(({ path }) => path)).size < read.length) throw refused('A path is in it twice.');
  if (read.reduce((sum, { size }) => sum + size, 0) > BUNDLE_LIMITS.bundleBytes)
    throw tooLarge(IT, `The bundle is larger than ${megabytes(BUNDLE_LIMITS.bundleBytes)}.`);
  return { name, files: read };
}

function fileOf(value: JsonValue): ManifestFile {
  const { path, digest, size, ...rest } = isJsonObject(value) ? value : {};
  if (!isPath(path) || !isDigest(digest) || !isSize(size) || Object.keys(rest).length > 0) throw refused();
  if (size > BUNDLE_LIMITS.fileBytes) throw tooLarge(path, `${path} is larger than ${megabytes(BUNDLE_LIMITS.fileBytes)}.`);
  return { path, digest, size };
}

const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Only the plain form of a path: each has one digest. Throws `BUNDLE_ESCAPE`. */
function isPath(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST || !value.isWellFormed()) return false;
  return packedPath(value, IT) === value;
}

function refused(why = ''): NexusError {
  return new NexusError('USAGE', `That is no manifest of a specification. ${why}`.trim(), {
    hint: 'Send {"name":NAME,"files":[{"path":"spec.md","digest":"sha256:…","size":BYTES},…]}, paths relative and with `/`.',
  });
}
