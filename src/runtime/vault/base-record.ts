import { type Digest, isDigest } from '../../base/digest.ts';
import { isCount, isJsonObject, type JsonValue } from '../../base/json.ts';

/** The commit that a mission started from, as the log has it in `mission.created`. What it names by digest is in the content store. */
export type BaseRecord = {
  /** Object id, in hex. */
  commit: string;
  /** `git+https://host/repository.git@COMMIT`. */
  uri: string;
  /** Equal for equal files. */
  key: Digest;
  /** Listing of the files that agents see. */
  tree: Digest;
  /** Everything that the commit has, by object ids: `gitListing`. */
  entries: Digest;
  /** The commit object itself. */
  object: Digest;
  /** How many files agents see, and how many entries they do not. */
  files: number;
  leftOut: number;
};

/** Undefined for what is none. */
export function parseBaseRecord(value: JsonValue | undefined): BaseRecord | undefined {
  if (!isJsonObject(value)) return undefined;
  const { commit, uri, key, tree, entries, object, files, leftOut } = value;
  if (typeof commit !== 'string' || !/^(?:[\da-f]{40}|[\da-f]{64})$/.test(commit) || typeof uri !== 'string') return undefined;
  if (!isDigest(key) || !isDigest(tree) || !isDigest(entries) || !isDigest(object)) return undefined;
  return isCount(files) && isCount(leftOut) ? { commit, uri, key, tree, entries, object, files, leftOut } : undefined;
}
