import { createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { type Digest, hexOf, sha256 } from '../../base/digest.ts';
import { asWorkspaceError } from '../../base/durable-file.ts';
import { NexusError, systemCode } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import type { Entry } from '../log/entry.ts';
import { formatProof, type LogProof } from '../log/proof.ts';
import { formatVkey, type NoteVerifier } from '../log/signed-note.ts';
import { tilePath } from '../log/tiles.ts';
import { parseBaseRecord } from './base-record.ts';
import type { ContentStore } from './content-store.ts';
import {
  artifactFile,
  BASE_FILES,
  CHECKPOINT,
  ENTRIES,
  formatSums,
  furtherKeyFile,
  leafFile,
  LOG,
  LOG_KEY,
  MANIFEST,
  POLICY,
  proofFile,
  README,
  type RecordedStatement,
  recordedStatements,
  SIGNING_KEY,
  statementFile,
  SUMS,
  TREE,
  trustedRootFile,
} from './export-layout.ts';
import { exportManifest } from './export-manifest.ts';
import { exportReadme } from './export-readme.ts';
import { readOwnBundle, statementIn } from './own-bundle.ts';
import { PROVENANCE } from './provenance.ts';
import { type FinishRecord, gatePolicy, MISSION_CREATED, MISSION_FINISHED, readFinish } from './records.ts';
import { refuseIncomplete } from './refuse-incomplete.ts';
import type { StatementSigner } from './sign-statement.ts';
import { fingerprintOf, hintOf, pemOf, type SigningKey } from './signing-key.ts';
import { tilesLeadingUp } from './tile-set.ts';
import { parseTreeListing, type TreeEntry } from './tree-listing.ts';

/** What an export reads of the log; `LogReader` is one. */
export interface ExportLog {
  checkpoint(): { size: number; note: string } | undefined;
  /** The first that covers this entry. */
  checkpointCovering(seq: number): { size: number; note: string } | undefined;
  /** In order. */
  entries(query: { mission?: string; kinds?: readonly string[] }): Iterable<Entry>;
  /** The bytes that the tree hashes. */
  leafBody(seq: number): Uint8Array;
  /** Under the checkpoint of this size. */
  prove(seq: number, size: number): LogProof;
  hashTiles(size: number): Iterable<{ path: string; bytes: Uint8Array }>;
}

export interface ExportSource {
  log: ExportLog;
  /** As of which checkpoint; the newest, if left out. */
  size?: number | undefined;
  /** Public key of the log. */
  logKey: NoteVerifier;
  store: ContentStore;
  /** Signs the export; none where `signer` signs with a certificate. */
  signingKey?: SigningKey | undefined;
  signer: StatementSigner;
  /** Texts of the Sigstore trusted roots that certificates of statements, and of the export, count under. */
  roots?: readonly string[];
  /** PEM of every other key that may have signed statements of the mission; those that did go with it. */
  publicKeys?: readonly string[];
}

export interface ExportSummary {
  mission: string;
  dir: string;
  files: number;
  artifacts: number;
  statements: number;
}

/**
 * Writes all that proves a finished mission into a folder of its own, beside its place and then put there, so that it is never half
 * there. Throws `NOT_FOUND`, `USAGE` for a mission still under way, `EXPORT_EXISTS`, `PAYLOADS_REMOVED`, `STORE_CORRUPT`.
 */
export async function exportMission(source: ExportSource, mission: string, outDir: string): Promise<ExportSummary> {
  const target = resolve(outDir);
  refuseOccupied(target);
  const material = gather(source, mission);
  const temp = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    const folder = new ExportFolder(temp);
    const tree = writeProduct(folder, source, { mission, head: material.finish.head });
    writeBase(folder, source.store, material.entries);
    writePolicy(folder, source.store, material.entries);
    const statements = recordedStatements(material.entries);
    for (const statement of statements) writeStatement(folder, source, { statement, size: material.size });
    writeLog(folder, source.log, material);
    writeKeys(folder, source, statements);
    folder.write(README, exportReadme(readmeOf(source, mission, { statements, tree })));
    await seal(folder, source.signer, { mission, head: material.finish.head });
    place(temp, target);
    return { mission, dir: target, files: folder.sums.size, artifacts: tree.length, statements: statements.length };
  } catch (error) {
    throw asWorkspaceError(error, target);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

function refuseOccupied(target: string): void {
  let names: string[];
  try {
    names = readdirSync(target);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw occupied(target, error);
  }
  if (names.length > 0) throw occupied(target);
}

function occupied(target: string, cause?: unknown): NexusError {
  return new NexusError('EXPORT_EXISTS', `${target} already holds files.`, {
    hint: 'Choose a folder that is empty or not there yet.',
    details: { path: target },
    cause,
  });
}

interface Material {
  entries: Entry[];
  finish: FinishRecord;
  note: string;
  size: number;
}

function gather({ log, size }: ExportSource, mission: string): Material {
  const checkpoint = size === undefined ? log.checkpoint() : log.checkpointCovering(size - 1);
  const entries = checkpoint === undefined ? [] : [...log.entries({ mission })].filter(({ seq }) => seq < checkpoint.size);
  if (checkpoint === undefined || entries.length === 0) {
    throw new NexusError('NOT_FOUND', `There is no mission ${mission}.`, { details: { mission } });
  }
  const end = entries.findLast(({ kind }) => kind === MISSION_FINISHED);
  const finish = end && readFinish(end);
  if (finish === undefined) {
    throw new NexusError('USAGE', `Mission ${mission} has not finished, so there is nothing to seal.`, {
      hint: 'Let it finish (`spec-kit resume`) or cancel it, then export again.',
      details: { mission },
    });
  }
  return { entries, finish, note: checkpoint.note, size: checkpoint.size };
}

/** A folder in the making, and the digests of what is in it. */
class ExportFolder {
  readonly sums = new Map<string, string>();
  readonly #dir: string;
  readonly #made = new Set<string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  write(path: string, content: string | Uint8Array, mode = 0o666): void {
    const file = join(this.#dir, path);
    if (!this.#made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    this.#made.add(dirname(file));
    writeFileSync(file, content, { flag: 'wx', mode });
    this.sums.set(path, hexOf(sha256(content)));
  }
}

function writeProduct(
  folder: ExportFolder,
  { log, store }: ExportSource,
  { mission, head }: { mission: string; head: Digest },
): TreeEntry[] {
  const listing = store.get(head);
  const tree = parseTreeListing(listing);
  refuseIncomplete(tree, { mission, log, store });
  folder.write(TREE, listing);
  for (const { path, digest, executable } of tree) {
    folder.write(artifactFile(path), store.get(digest), executable === true ? 0o777 : 0o666);
  }
  return tree;
}

function writeBase(folder: ExportFolder, store: ContentStore, entries: readonly Entry[]): void {
  const base = parseBaseRecord(entries.find(({ kind }) => kind === MISSION_CREATED)?.data['base']);
  if (base === undefined) return;
  folder.write(BASE_FILES.tree, store.get(base.tree));
  folder.write(BASE_FILES.entries, store.get(base.entries));
  folder.write(BASE_FILES.object, store.get(base.object));
}

function writePolicy(folder: ExportFolder, store: ContentStore, entries: readonly Entry[]): void {
  const digest = gatePolicy(entries)?.digest;
  if (digest !== undefined) folder.write(POLICY, store.get(digest));
}

function writeStatement(
  folder: ExportFolder,
  { log, store }: ExportSource,
  { statement, size }: { statement: RecordedStatement; size: number },
): void {
  const { entry, record, fileName } = statement;
  folder.write(statementFile(fileName), store.get(record.bundle));
  folder.write(leafFile(fileName), log.leafBody(entry.seq));
  folder.write(proofFile(fileName), formatProof(log.prove(entry.seq, size)));
}

function writeLog(folder: ExportFolder, log: ExportLog, { entries, note, size }: Material): void {
  folder.write(CHECKPOINT, note);
  const lines = entries.map(({ seq }) => canonicalJson({ seq, leaf: Buffer.from(log.leafBody(seq)).toString() }));
  folder.write(ENTRIES, lines.map((line) => `${line}\n`).join(''));
  const seqs = entries.map(({ seq }) => seq);
  const wanted = new Set(tilesLeadingUp(seqs, size).map(tilePath));
  for (const { path, bytes } of log.hashTiles(size)) if (wanted.has(path)) folder.write(`${LOG}${path}`, bytes);
}

/** The keys that everything is checked with. Throws `KEY_UNUSABLE` if one that signed a statement is not known here. */
function writeKeys(
  folder: ExportFolder,
  { signingKey, logKey, store, publicKeys = [], roots = [] }: ExportSource,
  statements: RecordedStatement[],
): void {
  if (signingKey !== undefined) folder.write(SIGNING_KEY, signingKey.publicKey);
  folder.write(LOG_KEY, `${formatVkey(logKey)}\n`);
  const own = signingKey === undefined ? [] : [signingKey.publicKey];
  const known = new Map([...own, ...publicKeys].map((pem) => namedKey(pem)));
  const written = new Set(signingKey === undefined ? [] : [signingKey.hint]);
  const materials = statements.map(({ record }) => ({ record, ...readOwnBundle(store.get(record.bundle)).verificationMaterial }));
  if (signingKey === undefined || materials.some(({ certificate }) => certificate !== undefined)) {
    for (const root of new Set(roots)) folder.write(trustedRootFile(root), root);
  }
  for (const { record, certificate, publicKey } of materials) {
    if (certificate !== undefined) continue;
    const hint = publicKey?.hint ?? '';
    const key = known.get(hint);
    if (key === undefined) throw unknownKey(record.name, hint);
    if (!written.has(hint)) folder.write(furtherKeyFile(key.fingerprint), key.pem);
    written.add(hint);
  }
}

function namedKey(pem: string): [string, { pem: string; fingerprint: Digest }] {
  const key = createPublicKey(pem);
  const fingerprint = fingerprintOf(key);
  return [hintOf(fingerprint), { pem: pemOf(key), fingerprint }];
}

function unknownKey(statement: string, hint: string): NexusError {
  return new NexusError('KEY_UNUSABLE', `Statement ${statement} is signed by key ${hint}, whose public half is not here.`, {
    hint: 'Get the public key from whoever ran that task, or run the task again.',
    details: { statement, hint },
  });
}

function readmeOf(
  source: ExportSource,
  mission: string,
  { statements, tree }: { statements: RecordedStatement[]; tree: TreeEntry[] },
) {
  const { signingKey, logKey, store } = source;
  const readme = { mission, fingerprint: signingKey?.fingerprint, logKey: formatVkey(logKey) };
  const made = statements.find(({ record }) => record.predicateType === PROVENANCE);
  const artifact = signingKey && made && firstSubject(store.get(made.record.bundle), tree);
  if (made === undefined || artifact === undefined) return readme;
  const example = { statement: statementFile(made.fileName), predicateType: PROVENANCE, artifact: artifactFile(artifact) };
  return { ...readme, example };
}

/** A file of the product that a statement names. */
function firstSubject(bundle: Uint8Array, tree: readonly TreeEntry[]): string | undefined {
  const { subject } = statementIn(readOwnBundle(bundle));
  const named = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  return tree.find(({ path, digest }) => named.get(path) === hexOf(digest))?.path;
}

/** The signed list of all files, and the same list for `sha256sum`. */
async function seal(
  folder: ExportFolder,
  signer: StatementSigner,
  { mission, head }: { mission: string; head: Digest },
): Promise<void> {
  const files = new Map([...folder.sums].toSorted(([a], [b]) => compareText(a, b)));
  folder.write(MANIFEST, await signer.sign(exportManifest({ mission, head, files })));
  folder.write(SUMS, formatSums(folder.sums));
}

function place(temp: string, target: string): void {
  // An empty folder may stand there; Windows does not rename onto one, and rmdir removes no other.
  if (existsSync(target)) rmdirSync(target);
  renameSync(temp, target);
}
