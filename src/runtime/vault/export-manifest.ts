import { type Digest, isDigest } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Statement, statement } from './statement.ts';

/** The signed list of files of an export, as an in-toto statement: its subjects are the files. */
const EXPORT = 'https://agentnexus.dev/attestations/export/v0.1';

export interface ExportManifest {
  mission: string;
  /** Digest of the product's tree. */
  head: Digest;
  /** Path → SHA-256 in hex, of every file but the manifest itself and SHA256SUMS, which follows from it. */
  files: ReadonlyMap<string, string>;
}

export function exportManifest({ mission, head, files }: ExportManifest): Statement {
  const subjects = [...files].map(([name, sha256]) => ({ name, digest: { sha256 } }));
  return statement(EXPORT, subjects, { mission, head });
}

/** Reads a verified statement as a manifest; undefined if it is none. */
export function readManifest({ predicateType, predicate, subject }: Statement): ExportManifest | undefined {
  const { mission, head } = isJsonObject(predicate) ? predicate : {};
  if (predicateType !== EXPORT || typeof mission !== 'string' || !isDigest(head)) return undefined;
  return { mission, head, files: new Map(subject.map(({ name, digest }) => [name, digest.sha256])) };
}
