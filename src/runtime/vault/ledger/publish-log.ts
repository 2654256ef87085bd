import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { type TreeHead, verifyCheckpoint } from '../../log/checkpoint.ts';
import type { Checkpoint, TileFile } from '../../log/log-reader.ts';
import type { Hash } from '../../log/merkle.ts';
import { behind } from '../../log/published-head.ts';
import type { NoteVerifier } from '../../log/signed-note.ts';
import { TILE_WIDTH } from '../../log/tiles.ts';
import type { ObjectPlace } from '../promote/object-place.ts';

/** What is read of a log to publish it; `LogReader` is one. */
export interface PublishedLog {
  checkpoint(): Checkpoint | undefined;
  hashTiles(size: number): Iterable<TileFile>;
  entryBundles(size: number): Iterable<TileFile>;
  rootAt(size: number): Hash;
}

export interface PublishOptions {
  verifier: NoteVerifier;
  /** Signature lines of witnesses, for the checkpoint that is about to be published. */
  cosign?: (note: string) => Promise<readonly string[]>;
}

export interface Publication {
  /** The checkpoint as it was published, with what witnesses have signed. */
  note: string;
  size: number;
  /** Entries that were published before. */
  before: number;
  /** Files that were written; the others were there. */
  files: number;
}

const CHECKPOINT = 'checkpoint';

/**
 * Publishes the log as C2SP tlog-tiles: entry bundles, then hash tiles, and last the checkpoint, so that whoever reads it finds all that it
 * stands for. Every other file is written once and never changed; what an earlier run has left is taken for done. Throws `LOG_BEHIND` if what is published is
 * ahead of this log, or another history.
 */
export async function publishLog(log: PublishedLog, place: ObjectPlace, options: PublishOptions): Promise<Publication> {
  await place.probe();
  const head = log.checkpoint();
  if (head === undefined) throw new NexusError('NOT_FOUND', 'The log has no entries yet.');
  const before = await publishedHead(place, options.verifier);
  if (before !== undefined) refuseFork(log, before, head.size);
  let files = 0;
  const known = before?.size ?? 0;
  for (const tiles of [log.entryBundles(head.size), log.hashTiles(head.size)]) {
    for (const file of tiles) if (!isPublished(file.path, known)) files += (await putOnce(place, file)) ? 1 : 0;
  }
  const lines = (await options.cosign?.(head.note)) ?? [];
  const note = head.note + lines.map((line) => `${line}\n`).join('');
  await place.put(CHECKPOINT, Buffer.from(note), sha256(note));
  return { note, size: head.size, before: known, files };
}

async function publishedHead(place: ObjectPlace, verifier: NoteVerifier): Promise<TreeHead | undefined> {
  const bytes = await place.get(CHECKPOINT);
  return bytes === undefined ? undefined : verifyCheckpoint(Buffer.from(bytes).toString(), verifier);
}

function refuseFork(log: PublishedLog, before: TreeHead, size: number): void {
  if (before.size > size) throw behind(`it has ${size} entries, and ${before.size} are published`, before);
  if (!log.rootAt(before.size).equals(before.root)) {
    throw behind(`its first ${before.size} entries are not those that are published`, before);
  }
}

/** Whether a full tile lies as a whole in what was published before; partial ones have another name at each size. */
function isPublished(path: string, size: number): boolean {
  const [, level = '', index = ''] = /^tile\/(\d+|entries)\/((?:x\d{3}\/)*\d{3})$/.exec(path) ?? [];
  if (index === '') return false;
  const height = level === 'entries' ? 1 : Number(level) + 1;
  return (Number(index.replace(/[x/]/g, '')) + 1) * TILE_WIDTH ** height <= size;
}

async function putOnce(place: ObjectPlace, { path, bytes }: TileFile): Promise<boolean> {
  const digest = sha256(bytes);
  const there = await place.head(path);
  if (there?.digest === digest) return false;
  if (there !== undefined) {
    throw new NexusError('PROMOTION_CONFLICT', `${path} is published already, and holds something else.`, {
      hint: 'A published tile never changes: somebody has changed it there, or another log is published to the same place.',
      details: { path },
    });
  }
  await place.put(path, bytes, digest);
  return true;
}
