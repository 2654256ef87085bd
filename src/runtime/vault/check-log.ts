import { messageOf } from '../../base/errors.ts';
import { canonicalJson, isJsonObject } from '../../base/json.ts';
import { parseCheckpoint, type TreeHead, verifyCheckpoint } from '../log/checkpoint.ts';
import type { Entry } from '../log/entry.ts';
import { decodeLeaf } from '../log/leaf.ts';
import { parseProof, verifyProof } from '../log/proof.ts';
import type { NoteVerifier } from '../log/signed-note.ts';
import { type Tile, tilePath } from '../log/tiles.ts';
import { CHECKPOINT, ENTRIES, leafFile, LOG, LOG_KEY, proofFile, type RecordedStatement } from './export-layout.ts';
import type { ExportKeys } from './export-keys.ts';
import type { Failures } from './failure.ts';
import type { ExportFile, ExportFiles } from './read-export.ts';
import { parseStrictJson } from './strict-json.ts';
import { isTreeOf, tilesLeadingUp, TileSet } from './tile-set.ts';
import type { Checked } from './verification.ts';

/** The log's part of an export, as far as it is good. */
export interface ExportedLog {
  entries: Entry[];
  /** What the tree hashes, by the entry's position. */
  leaves: ReadonlyMap<number, string>;
  /** Path of every tile that leads from the entries to the checkpoint. */
  tiles: string[];
  /** Missing if the checkpoint does not verify. */
  signed?: { head: TreeHead; note: string; verifier: NoteVerifier };
}

interface Report {
  failures: Failures;
  checked: Checked;
}

/** Checkpoint, tiles and entries of an export: signed, hashing up to what is signed, and at their places in it. */
export function checkLog(files: ExportFiles, keys: ExportKeys, report: Report): ExportedLog {
  const signed = checkCheckpoint(files.get(CHECKPOINT), keys, report);
  const { entries, leaves } = readEntries(files.get(ENTRIES), report.failures);
  if (signed === undefined) return { entries, leaves, tiles: [] };
  const { size } = signed.head;
  const seqs = [...leaves.keys()].filter((seq) => seq < size);
  const needed = tilesLeadingUp(seqs, size);
  const log = { entries, leaves, signed, tiles: needed.map((tile) => `${LOG}${tilePath(tile)}`) };
  // What is known to be damaged says nothing about the rest.
  if (!report.failures.about(CHECKPOINT, ENTRIES, ...log.tiles) && areTilesGood(files, { needed, signed }, report)) {
    checkEntries(log, new TileSet(tileFiles(files), size), report);
  }
  return log;
}

function checkCheckpoint(file: ExportFile | undefined, keys: ExportKeys, { failures, checked }: Report): ExportedLog['signed'] {
  if (file?.bytes === undefined) return undefined;
  const note = file.bytes.toString();
  try {
    const { origin } = parseCheckpoint(note);
    const verifier = keys.log(origin).find((key) => isSigned(note, key)) ?? keys.log(origin)[0];
    // A damaged key file is reported as itself.
    if (verifier === undefined && failures.about(LOG_KEY)) return undefined;
    if (verifier === undefined) throw new TypeError(`there is no key for a log that is called ${origin}`);
    const head = verifyCheckpoint(note, verifier);
    checked.checkpoints++;
    return { head, note, verifier };
  } catch (error) {
    failures.add(CHECKPOINT, 'VERIFY_CHECKPOINT', messageOf(error));
    return undefined;
  }
}

function isSigned(note: string, verifier: NoteVerifier): boolean {
  try {
    verifyCheckpoint(note, verifier);
    return true;
  } catch {
    return false;
  }
}

function readEntries(file: ExportFile | undefined, failures: Failures): Pick<ExportedLog, 'entries' | 'leaves'> {
  const entries: Entry[] = [];
  const leaves = new Map<number, string>();
  const lines = file?.bytes?.toString().split('\n') ?? [];
  if (lines.length > 0 && lines.pop() !== '') failures.add(ENTRIES, 'VERIFY_ENTRY_MALFORMED', 'the last line has no end');
  for (const [i, line] of lines.entries()) {
    try {
      const { entry, leaf } = readEntry(line);
      if (entry.seq <= (entries.at(-1)?.seq ?? -1)) throw new SyntaxError('it is out of order');
      entries.push(entry);
      leaves.set(entry.seq, leaf);
    } catch (error) {
      failures.add(ENTRIES, 'VERIFY_ENTRY_MALFORMED', `line ${i + 1}: ${messageOf(error)}`);
    }
  }
  return { entries, leaves };
}

function readEntry(line: string): { entry: Entry; leaf: string } {
  const value = parseStrictJson(line);
  const { seq, leaf } = isJsonObject(value) ? value : {};
  const placed = typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0;
  if (!placed || typeof leaf !== 'string') throw new SyntaxError('not {seq, leaf}');
  if (canonicalJson({ seq, leaf }) !== line) throw new SyntaxError('it is not canonical JSON');
  // The leaf is what the tree says, but must not mean two things.
  parseStrictJson(leaf);
  return { leaf, entry: decodeLeaf(seq, Buffer.from(leaf)) };
}

type Signed = NonNullable<ExportedLog['signed']>;

function areTilesGood(
  files: ExportFiles,
  { needed, signed }: { needed: Tile[]; signed: Signed },
  { failures, checked }: Report,
): boolean {
  const tiles = new TileSet(tileFiles(files), signed.head.size);
  const faulty = needed.filter((tile) => {
    const fault = tiles.fault(tile);
    if (fault !== undefined) failures.add(`${LOG}${tilePath(tile)}`, 'VERIFY_TILE', fault);
    return fault !== undefined;
  });
  checked.tiles += needed.length - faulty.length;
  if (faulty.length > 0) return false;
  const good = isTreeOf(tiles, signed.head);
  if (!good) failures.add(CHECKPOINT, 'VERIFY_CHECKPOINT', 'the tiles are not of the tree that it signs');
  return good;
}

function tileFiles(files: ExportFiles): Map<string, Uint8Array> {
  const tiles = new Map<string, Uint8Array>();
  for (const [path, { bytes }] of files) {
    if (path.startsWith(`${LOG}tile/`) && bytes !== undefined) tiles.set(path.slice(LOG.length), bytes);
  }
  return tiles;
}

function checkEntries({ entries, leaves }: ExportedLog, tiles: TileSet, { failures, checked }: Report): void {
  for (const { seq, kind } of entries) {
    if (tiles.holds(seq, Buffer.from(leaves.get(seq) ?? ''))) checked.entries++;
    else failures.add(ENTRIES, 'VERIFY_ENTRY', `entry ${seq} (${kind}) is not what the log holds there`);
  }
}

/** The proof files of a statement: its entry's exact bytes, and that they are in the log. */
export function checkProof(
  files: ExportFiles,
  { log, statement }: { log: ExportedLog; statement: RecordedStatement },
  report: Report,
): void {
  const { failures, checked } = report;
  const { fileName, entry } = statement;
  const proof = files.get(proofFile(fileName))?.bytes;
  const leaf = files.get(leafFile(fileName))?.bytes;
  const missing = [...(proof === undefined ? [proofFile(fileName)] : []), ...(leaf === undefined ? [leafFile(fileName)] : [])];
  for (const path of missing) if (!failures.about(path)) failures.add(path, 'VERIFY_FILE_MISSING', `entry ${entry.seq} needs it`);
  if (proof === undefined || leaf === undefined || log.signed === undefined) return;
  if (failures.about(proofFile(fileName), leafFile(fileName), ENTRIES)) return;
  if (leaf.toString() !== log.leaves.get(entry.seq)) {
    failures.add(leafFile(fileName), 'VERIFY_ENTRY', `it is not entry ${entry.seq} of the mission`);
    return;
  }
  try {
    proveEntry(proof.toString(), { leaf, seq: entry.seq, signed: log.signed });
    checked.proofs++;
  } catch (error) {
    failures.add(proofFile(fileName), 'VERIFY_PROOF', messageOf(error));
  }
}

function proveEntry(text: string, { leaf, seq, signed }: { leaf: Buffer; seq: number; signed: Signed }): void {
  const proof = parseProof(text);
  if (proof.index !== seq) throw new TypeError(`it is about entry ${proof.index}, not ${seq}`);
  if (proof.checkpoint !== signed.note) throw new TypeError(`its checkpoint is not the one in ${CHECKPOINT}`);
  verifyProof(proof, leaf, signed.verifier);
}
