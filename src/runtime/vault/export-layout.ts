import { type Digest, hexOf, sha256 } from '../../base/digest.ts';
import { compareText } from '../../base/text.ts';
import type { Entry } from '../log/entry.ts';
import { readStatement, STATEMENT_RECORDED, type StatementRecord } from './records.ts';

/** Where things lie in an exported folder. */
export const MANIFEST = 'export.sigstore.json';
export const SUMS = 'SHA256SUMS';
export const README = 'README.md';
export const TREE = 'tree.json';
export const CHECKPOINT = 'log/checkpoint';
export const ENTRIES = 'log/entries.jsonl';
/** Of the commit that the mission started from: files that agents saw, everything it has by object ids, the commit object. */
export const BASE_FILES = { tree: 'base/tree.json', entries: 'base/entries.json', object: 'base/commit' } as const;
/** The release policy that the gate asked, as an OPA bundle. */
export const POLICY = 'policy.tar.gz';
/** Of the key that signed the export, and as a rule all statements; not there where an identity has signed. */
export const SIGNING_KEY = 'keys/signing.pub';
export const LOG_KEY = 'keys/log.pub';
/** Product files lie below this. */
export const ARTIFACTS = 'artifacts/';
/** Before the paths that C2SP tlog-tiles gives to tiles. */
export const LOG = 'log/';

/** Of a Sigstore trusted root that certificates of statements count under. */
export const trustedRootFile = (text: string): string => `keys/trusted-root-${hexOf(sha256(text)).slice(0, 16)}.json`;
/** Of a further key that signed statements. */
export const furtherKeyFile = (fingerprint: Digest): string => `keys/signing-${hexOf(fingerprint).slice(0, 16)}.pub`;
export const artifactFile = (path: string): string => `${ARTIFACTS}${path}`;
export const statementFile = (name: string): string => `evidence/${name}.sigstore.json`;
export const proofFile = (name: string): string => `proofs/${name}.tlog-proof`;
export const leafFile = (name: string): string => `proofs/${name}.entry.json`;

/** A statement that the log records, and the name of its files in an export. */
export interface RecordedStatement {
  entry: Entry;
  record: StatementRecord;
  fileName: string;
}

/** The statements among these entries. Of several with one name the later ones get a number. */
export function recordedStatements(entries: readonly Entry[]): RecordedStatement[] {
  const taken = new Map<string, number>();
  return entries.flatMap((entry) => {
    const record = entry.kind === STATEMENT_RECORDED ? readStatement(entry) : undefined;
    if (record === undefined) return [];
    const base = fileNameOf(record.name);
    // File systems that do not tell cases apart must not mix them up.
    const count = (taken.get(base.toLowerCase()) ?? 0) + 1;
    taken.set(base.toLowerCase(), count);
    return [{ entry, record, fileName: count === 1 ? base : `${base}~${count}` }];
  });
}

/** Longer names are cut: with prefix, number and extension a name must stay below the 255 bytes that file systems allow. */
const MAX_NAME_BYTES = 150;

/** A statement's name as a file name: `contract:user.tests` is `contract-user.tests`. Not unique by itself. */
export function fileNameOf(name: string): string {
  const plain =
    name
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[._-]+/, '') || 'statement';
  return Buffer.byteLength(plain) <= MAX_NAME_BYTES
    ? plain
    : `${plain.slice(0, 30).toWellFormed()}-${hexOf(sha256(name)).slice(0, 12)}`;
}

/** The text of SHA256SUMS, as `sha256sum --check` reads it. */
export function formatSums(sums: ReadonlyMap<string, string>): string {
  const lines = [...sums].toSorted(([a], [b]) => compareText(a, b)).map(([path, hex]) => `${hex}  ${path}\n`);
  return lines.join('');
}

/** Path → hex digits, or undefined if the text is not one that `formatSums` writes. */
export function parseSums(text: string): Map<string, string> | undefined {
  const sums = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [, hex, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (hex === undefined || path === undefined) return undefined;
    sums.set(path, hex);
  }
  return formatSums(sums) === text ? sums : undefined;
}
