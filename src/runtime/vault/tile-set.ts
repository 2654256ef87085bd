import type { TreeHead } from '../log/checkpoint.ts';
import { type Hash, leafHash, type NodeReader, rangeHash } from '../log/merkle.ts';
import { subtreeRoot, type Tile, TILE_HEIGHT, TILE_WIDTH, tilePath } from '../log/tiles.ts';

const HASH_BYTES = 32;

/** How many hashes a tree of `size` leaves has at a level of tiles. */
function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

function tileAt(level: number, n: number, size: number): Tile {
  return { level, n, width: Math.min(TILE_WIDTH, hashesAt(level, size) - n * TILE_WIDTH) };
}

/**
 * The tiles that lead from these leaves to the root of the tree of `size` leaves: those above each leaf, and the partial tiles at
 * the right edge, of which the root is made.
 */
export function tilesLeadingUp(seqs: Iterable<number>, size: number): Tile[] {
  const tiles = new Map<string, Tile>();
  const add = (tile: Tile) => tiles.set(tilePath(tile), tile);
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const hashes = hashesAt(level, size);
    if (hashes % TILE_WIDTH > 0) add(tileAt(level, Math.floor(hashes / TILE_WIDTH), size));
  }
  for (const seq of seqs) {
    for (let level = 0, n = Math.floor(seq / TILE_WIDTH); n * TILE_WIDTH < hashesAt(level, size); level++) {
      add(tileAt(level, n, size));
      n = Math.floor(n / TILE_WIDTH);
    }
  }
  return [...tiles.values()];
}

/** Tiles of one tree, by their path, as someone gave them to us. */
export class TileSet {
  readonly #tiles: ReadonlyMap<string, Uint8Array>;
  readonly #size: number;

  constructor(tiles: ReadonlyMap<string, Uint8Array>, size: number) {
    this.#tiles = tiles;
    this.#size = size;
  }

  /** Why a tile is not good, or undefined: it must have its size, and a full one must hash to its place in the level above. */
  fault(tile: Tile): string | undefined {
    const bytes = this.#tiles.get(tilePath(tile));
    if (bytes === undefined) return 'the tile is missing';
    if (bytes.length !== tile.width * HASH_BYTES)
      return `the tile is ${bytes.length} bytes long instead of ${tile.width * HASH_BYTES}`;
    if (tile.width < TILE_WIDTH) return undefined;
    const above = this.hashAt(tile.level + 1, tile.n);
    return above?.equals(subtreeRoot(bytes)) === true ? undefined : 'the tile does not hash to what stands above it';
  }

  /** Root of the tree, from the tiles at its right edge. Only for a set without faults. */
  root(): Hash {
    return rangeHash(0, this.#size, this.#node);
  }

  holds(seq: number, leaf: Uint8Array): boolean {
    return seq < this.#size && this.hashAt(0, seq)?.equals(leafHash(leaf)) === true;
  }

  /** The hash at a level of tiles. */
  hashAt(level: number, index: number): Hash | undefined {
    return this.#hashes(level, index, 1);
  }

  #hashes(level: number, first: number, count: number): Buffer | undefined {
    const bytes = this.#tiles.get(tilePath(tileAt(level, Math.floor(first / TILE_WIDTH), this.#size)));
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    if (bytes === undefined || bytes.length < at + count * HASH_BYTES) return undefined;
    return Buffer.from(bytes.buffer, bytes.byteOffset + at, count * HASH_BYTES);
  }

  readonly #node: NodeReader = (height, index) => {
    const width = 2 ** (height % TILE_HEIGHT);
    const hashes = this.#hashes(Math.floor(height / TILE_HEIGHT), index * width, width);
    if (hashes === undefined) throw new RangeError(`no tile holds node ${index} at height ${height}`);
    return subtreeRoot(hashes);
  };
}

/** Whether the tiles are of the tree that a checkpoint signs. */
export function isTreeOf(tiles: TileSet, head: TreeHead): boolean {
  try {
    return tiles.root().equals(head.root);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
