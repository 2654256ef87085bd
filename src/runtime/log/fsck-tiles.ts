import { CompactRange } from './compact-range.ts';
import type { LogDatabase } from './database.ts';
import type { FaultCode } from './fault.ts';
import type { Hash } from './merkle.ts';
import { TILE_HEIGHT, TILE_WIDTH, tileName } from './tiles.ts';

/** What the log says of one leaf hash, in up to three places. */
export interface EvidenceOfLeaf {
  seq: number;
  /** In the entry's leaf column. */
  stored: Hash | undefined;
  /** Hash of the entry's body. */
  computed: Hash | undefined;
  /** The writer's code for the tree up to and with it, if it closed a commit that was not signed. */
  mac?: Buffer | null;
  /** In the full tile over it, if there is one and it was looked up. */
  tiled?: Hash | undefined;
}

/** A subtree as tall as some tiles, or (height 0) a leaf. */
interface Subtree {
  height: number;
  index: number;
  hash: Hash;
}

/** A way that the tree may have grown. */
export interface Candidate {
  range: CompactRange;
  leaves: Hash[];
  subtrees: Subtree[];
}

const UNKNOWN: Hash = Buffer.alloc(32);

/** The growth of `base` by a window of leaves if `source` is to be believed; where it says nothing, another is. */
export function candidateOf(
  base: CompactRange,
  window: readonly EvidenceOfLeaf[],
  source: 'stored' | 'computed' | 'tiled',
): Candidate {
  const range = base.fork();
  const subtrees: Subtree[] = [];
  const leaves = window.map((leaf) => leaf[source] ?? leaf.stored ?? leaf.tiled ?? UNKNOWN);
  for (const leaf of leaves) {
    range.append(leaf, (height, index, hash) => {
      if (height % TILE_HEIGHT === 0) subtrees.push({ height, index, hash });
    });
  }
  return { range, leaves, subtrees };
}

type Report = (subject: string, code: FaultCode, message: string) => void;

interface TileRow {
  root: Buffer;
  hashes: Buffer;
}

/** Compares the stored tiles with the tree as it grows by proven leaves. */
export class FsckTiles {
  checked = 0;
  range = new CompactRange();
  readonly #db: LogDatabase;
  readonly #report: Report;
  /** By level, the hashes of the tile that is not full yet. */
  readonly #partial: Hash[][] = [[]];

  constructor(db: LogDatabase, report: Report) {
    this.#db = db;
    this.#report = report;
  }

  /** The leaf hash that the full tile over entry `seq` holds. */
  leaf(seq: number): Hash | undefined {
    const row = this.#read(0, Math.floor(seq / TILE_WIDTH));
    const at = (seq % TILE_WIDTH) * 32;
    return row?.hashes.length === TILE_WIDTH * 32 ? row.hashes.subarray(at, at + 32) : undefined;
  }

  grow(range: CompactRange, subtrees: readonly Subtree[]): void {
    this.range = range;
    for (const { height, index, hash } of subtrees) {
      const level = height / TILE_HEIGHT;
      if (level > 0) this.#checkTile(level - 1, index, hash);
      (this.#partial[level] ??= []).push(hash);
    }
  }

  #checkTile(level: number, n: number, root: Hash): void {
    const hashes = Buffer.concat(this.#partial[level] ?? []);
    this.#partial[level] = [];
    const row = this.#read(level, n);
    this.checked++;
    const subject = tileName(level, n);
    if (row === undefined) this.#report(subject, 'TILE_MISSING', 'there is no such row');
    else if (!row.hashes.equals(hashes)) this.#report(subject, 'TILE_CHANGED', 'its hashes are not those of the tree');
    else if (!row.root.equals(root)) this.#report(subject, 'TILE_CHANGED', 'its root is not the hash over it');
  }

  #read(level: number, n: number): TileRow | undefined {
    return this.#db.get<TileRow>(
      "SELECT coalesce(CAST(root AS BLOB), x'') AS root, coalesce(CAST(hashes AS BLOB), x'') AS hashes FROM tile WHERE level = ? AND n = ?",
      level,
      n,
    );
  }

  /** Tiles that a tree of `size` leaves does not have. */
  checkStrays(size: number): void {
    const rows = this.#db.all<{ level: number; n: number }>('SELECT level, n FROM tile');
    for (const { level, n } of rows) {
      if (level >= 0 && n >= 0 && (n + 1) * TILE_WIDTH ** (level + 1) <= size) continue;
      this.#report(tileName(level, n), 'TILE_UNEXPECTED', `a tree of ${size} entries has no such full tile`);
    }
  }
}
