import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type Digest, hexOf, sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import { type TarFile, writeTar } from '../../../spec/archive/write-tar.ts';
import { artifactFile, CHECKPOINT, ENTRIES, formatSums, recordedStatements, statementFile, TREE } from '../export-layout.ts';
import { decodeLeaf } from '../../log/leaf.ts';
import { parseTreeListing, type TreeEntry } from '../tree-listing.ts';
import type { Verification } from '../verification.ts';
import { VERIFICATION_SUMMARY } from '../verification-summary.ts';
import type { Release, ReleaseFile } from './promotion.ts';

/** What is known of the mission besides its export. */
export interface ReleaseInput {
  mission: string;
  specification: { id: string; title: string };
  head: Digest;
  finishedAt: string;
  /** Documents about the product as a whole, by file name. */
  documents: ReadonlyMap<string, Uint8Array>;
}

export const ARCHIVE = 'evidence.tar.gz';
const PRODUCT = 'product.tar.gz';

/**
 * Refuses whatever is not proven, gated and succeeded: nothing else is ever promoted. Throws `PROMOTION_REFUSED`, saying what is wrong.
 */
export function refuseUngated({ result, missions, failures, omitted }: Verification, { mission }: { mission: string }): void {
  const [first] = missions;
  const reasons =
    result === 'verified'
      ? ungated(first, mission)
      : failures.map(({ subject, code, message }) => `${subject}: ${message} (${code})`);
  if (result === 'verified' && reasons.length === 0) return;
  const more = reasons.length - 1 + omitted;
  throw new NexusError(
    'PROMOTION_REFUSED',
    `Mission ${mission} is not promoted: ${reasons[0] ?? 'it does not verify'}${more > 0 ? `, and ${more} more` : ''}.`,
    {
      hint: 'Only what succeeded, passed its gate and verifies is promoted: `spec-kit status` and `spec-kit verify` say what is missing.',
      details: { mission, reasons: reasons.slice(0, 20) },
    },
  );
}

function ungated(outcome: Verification['missions'][number] | undefined, mission: string): string[] {
  if (outcome?.id !== mission) return ['its export is of another mission'];
  if (outcome.state !== 'succeeded') return [`it has ${outcome.state ?? 'not finished'}`];
  if (outcome.gate?.result !== 'pass') return ['its gate has not passed it'];
  return [];
}

/** Packs an export: the same folder yields the same bytes. */
export function packExport(dir: string, { mission, finishedAt }: { mission: string; finishedAt: string }): Buffer {
  const files = filesBelow(dir).map((path) => ({ path, content: readFileSync(join(dir, path)) }));
  return packed(files, { top: `evidence-${mission}`, time: finishedAt });
}

/** Lays out a verified export for its targets. */
export function releaseOf(dir: string, archive: Uint8Array, input: ReleaseInput): Release {
  const tree = parseTreeListing(readFileSync(join(dir, TREE)));
  const statements = statementsIn(dir);
  const assets = new Map<string, Uint8Array>([
    [PRODUCT, packProduct(dir, tree, input)],
    [ARCHIVE, archive],
    ...input.documents,
    ...statements
      .filter(({ type }) => type === VERIFICATION_SUMMARY)
      .map(({ path }) => ['gate.sigstore.json', readFileSync(join(dir, path))] as const),
    ['checkpoint', readFileSync(join(dir, CHECKPOINT))],
  ]);
  assets.set('SHA256SUMS', Buffer.from(formatSums(new Map([...assets].map(([name, bytes]) => [name, hexOf(sha256(bytes))])))));
  return {
    mission: input.mission,
    specification: input.specification,
    head: input.head,
    finishedAt: input.finishedAt,
    tree,
    checkpoint: readFileSync(join(dir, CHECKPOINT), 'utf8'),
    dir,
    files: filesBelow(dir).map((path) => fileOf(dir, path)),
    assets,
    statements: countOf(statements.map(({ type }) => type)),
  };
}

function packProduct(dir: string, tree: readonly TreeEntry[], { mission, finishedAt }: ReleaseInput): Buffer {
  const files = tree.map(({ path }) => ({ path, content: readFileSync(join(dir, artifactFile(path))) }));
  return packed(files, { top: `product-${mission.slice(0, 8)}`, time: finishedAt });
}

function packed(files: readonly TarFile[], { top, time }: { top: string; time: string }): Buffer {
  const below = files.map(({ path, content }) => ({ path: `${top}/${path}`, content }));
  const archive = gzipSync(Buffer.concat([...writeTar(below, { time: Math.floor(Date.parse(time) / 1000) })]), { level: 9 });
  // RFC 1952: byte 9 names the operating system; Node's zlib writes its own.
  archive[9] = 255;
  return archive;
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => statSync(join(dir, path)).isFile())
    .toSorted(compareText);
}

function fileOf(dir: string, path: string): ReleaseFile {
  const bytes = readFileSync(join(dir, path));
  return { path, size: bytes.length, digest: sha256(bytes) };
}

/** Verified already: entries and files are what the log says. */
function statementsIn(dir: string): { path: string; type: string }[] {
  const lines = readFileSync(join(dir, ENTRIES), 'utf8').trimEnd().split('\n');
  const entries = lines.map((line) => {
    const { seq, leaf } = JSON.parse(line) as { seq: number; leaf: string };
    return decodeLeaf(seq, Buffer.from(leaf));
  });
  return recordedStatements(entries).map(({ record, fileName }) => ({
    path: statementFile(fileName),
    type: record.predicateType,
  }));
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
