import { NexusError } from '../../base/errors.ts';
import type { LogDatabase } from './database.ts';
import { type Hash, nodeHash, type NodeReader } from './merkle.ts';
import { subtreeRoot, TILE_HEIGHT, TILE_WIDTH } from './tiles.ts';

/** The nodes of the tree as `log.db` has them: full tiles are stored, all else is made of leaves and of roots of tiles. */
export class StoredTree {
  readonly #db: LogDatabase;
  /** Layers of full tiles, least recently used first; a tile takes 16 KiB. */
  readonly #tiles = new Map<string, Buffer[]>();
  /** Nodes under no full tile; a perfect subtree never changes. */
  readonly #edge = new Map<string, Hash>();

  constructor(db: LogDatabase) {
    this.#db = db;
  }

  readonly node: NodeReader = (height, index) => {
    const key = `${height}/${index}`;
    const known = this.#edge.get(key);
    if (known !== undefined) return known;
    const level = Math.floor(height / TILE_HEIGHT);
    const inner = height % TILE_HEIGHT;
    const width = 2 ** inner;
    const first = index * width;
    const layer = this.#layers(level, Math.floor(first / TILE_WIDTH))?.[inner];
    if (layer !== undefined) return hashAt(layer, ((first % TILE_WIDTH) / width) * 32);
    return this.#remember(key, subtreeRoot(this.looseHashes(level, first, width)));
  };

  #remember(key: string, hash: Hash): Hash {
    if (this.#edge.size >= CACHED_EDGE) this.#edge.clear();
    this.#edge.set(key, hash);
    return hash;
  }

  /** `count` hashes of a level from `first` on, from what tiles are made of rather than from tiles. Throws `LOG_CORRUPT` if some are missing. */
  looseHashes(level: number, first: number, count: number): Buffer {
    const last = first + count;
    const row =
      level === 0 ? this.#db.get<Concatenated>(LEAVES, first, last) : this.#db.get<Concatenated>(ROOTS, level - 1, first, last);
    if (row?.count === count) return row.hashes;
    throw new NexusError('LOG_CORRUPT', `The log lacks ${count - (row?.count ?? 0)} hashes at level ${level} from ${first} on.`, {
      hint: 'Run `spec-kit ledger fsck` for what is missing, and restore a backup.',
    });
  }

  /** Stores the full tile that ends with the subtree `root`, the `n`th of its level. */
  addTile(level: number, n: number, root: Hash): void {
    const hashes = this.looseHashes(level, n * TILE_WIDTH, TILE_WIDTH);
    this.#db.run('INSERT INTO tile(level, n, root, hashes) VALUES (?, ?, ?, ?)', level, n, root, hashes);
  }

  #layers(level: number, n: number): Buffer[] | undefined {
    const key = `${level}/${n}`;
    const cached = this.#tiles.get(key);
    const layers = cached ?? this.#readLayers(level, n);
    if (layers === undefined) return undefined;
    this.#tiles.delete(key);
    this.#tiles.set(key, layers);
    const oldest = this.#tiles.size > CACHED_TILES ? this.#tiles.keys().next().value : undefined;
    if (oldest !== undefined) this.#tiles.delete(oldest);
    return layers;
  }

  #readLayers(level: number, n: number): Buffer[] | undefined {
    const row = this.#db.get<{ hashes: Buffer }>('SELECT hashes FROM tile WHERE level = ? AND n = ?', level, n);
    return row && layersOf(row.hashes);
  }
}

const CACHED_TILES = 1024;
const CACHED_EDGE = 4096;

interface Concatenated {
  hashes: Buffer;
  count: number;
}

// One after another in SQLite, which has no such function for blobs: a row each takes three times as long to fetch.
const LEAVES = `SELECT unhex(group_concat(hex(leaf), '' ORDER BY seq)) AS hashes, count(*) AS count FROM entry WHERE seq >= ? AND seq < ?`;
const ROOTS = `SELECT unhex(group_concat(hex(root), '' ORDER BY n)) AS hashes, count(*) AS count FROM tile WHERE level = ? AND n >= ? AND n < ?`;

/** The hashes over a full tile by height above it, each height concatenated: one buffer a layer is far smaller than one a hash. */
function layersOf(hashes: Buffer): Buffer[] {
  const layers = [hashes];
  for (let layer = hashes; layer.length > 32; layers.push(layer)) layer = layerAbove(layer);
  return layers;
}

function layerAbove(layer: Buffer): Buffer {
  const above = Buffer.alloc(layer.length / 2);
  for (let at = 0; at < above.length; at += 32) nodeHash(hashAt(layer, at * 2), hashAt(layer, at * 2 + 32)).copy(above, at);
  return above;
}

function hashAt(layer: Buffer, at: number): Hash {
  return layer.subarray(at, at + 32);
}
