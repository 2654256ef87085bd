import { CompactRange } from './compact-range.ts';
import type { Hash } from './merkle.ts';

/** Hashes in a full tile, and the factor between levels: tiles are 8 high (c2sp.org/tlog-tiles). */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** A tile: `width` consecutive hashes at a level, concatenated. Level 0 holds leaf hashes. */
export interface Tile {
  level: number;
  n: number;
  /** 1 to 256; less than 256 is a partial tile. */
  width: number;
}

/** `tile/0/x001/x234/067`, `tile/1/000.p/17`. */
export function tilePath({ level, n, width }: Tile): string {
  return `tile/${level}/${indexPath(n, width)}`;
}

/** How a full tile is called in messages: `tile 0/x001/234`. */
export function tileName(level: number, n: number): string {
  return `tile ${level}/${indexPath(n, TILE_WIDTH)}`;
}

/** `tile/entries/x001/x234/067`, `tile/entries/000.p/17`. */
export function entryBundlePath({ n, width }: Omit<Tile, 'level'>): string {
  return `tile/entries/${indexPath(n, width)}`;
}

function indexPath(n: number, width: number): string {
  let path = String(n % 1000).padStart(3, '0');
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

const TILE_PATH = /^tile\/(?<level>0|[1-9]\d?)\/(?<index>(?:x\d{3}\/)*\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/;

/** The tile that a path names, or undefined if it is not exactly how that tile is written. */
export function parseTilePath(path: string): Tile | undefined {
  const { level, index = '', width = String(TILE_WIDTH) } = TILE_PATH.exec(path)?.groups ?? {};
  const tile = { level: Number(level), n: Number(index.replace(/[x/]/g, '')), width: Number(width) };
  return level !== undefined && tile.level < 64 && tilePath(tile) === path ? tile : undefined;
}

const BUNDLE_PATH = /^tile\/entries\/(?<index>(?:x\d{3}\/)*\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/;

/** The entry bundle that a path names, or undefined if it is not exactly how that bundle is written. */
export function parseEntryBundlePath(path: string): Omit<Tile, 'level'> | undefined {
  const { index, width = String(TILE_WIDTH) } = BUNDLE_PATH.exec(path)?.groups ?? {};
  const bundle = { n: Number((index ?? '').replace(/[x/]/g, '')), width: Number(width) };
  return index !== undefined && entryBundlePath(bundle) === path ? bundle : undefined;
}

/** Every tile of the tree of `size` leaves, full and partial, level by level. */
export function* tilesOf(size: number): Generator<Tile> {
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const full = Math.floor(hashes / TILE_WIDTH);
    for (let n = 0; n < full; n++) yield { level, n, width: TILE_WIDTH };
    if (hashes % TILE_WIDTH > 0) yield { level, n: full, width: hashes % TILE_WIDTH };
  }
}

/** The tiles over these leaf hashes, full and partial: what a log of them serves. */
export function computeTiles(leaves: readonly Hash[]): Map<string, Buffer> {
  const levels: Hash[][] = [];
  const range = new CompactRange();
  for (const leaf of leaves) {
    range.append(leaf, (height, _index, hash) => {
      if (height % TILE_HEIGHT === 0) (levels[height / TILE_HEIGHT] ??= []).push(hash);
    });
  }
  const tiles = new Map<string, Buffer>();
  for (const tile of tilesOf(leaves.length)) {
    const start = tile.n * TILE_WIDTH;
    tiles.set(tilePath(tile), Buffer.concat(levels[tile.level]?.slice(start, start + tile.width) ?? []));
  }
  return tiles;
}

/** Root of the perfect subtree over some hashes of a tile; their number is a power of two. */
export function subtreeRoot(hashes: Uint8Array): Hash {
  const range = new CompactRange();
  const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  for (let at = 0; at < bytes.length; at += 32) range.append(bytes.subarray(at, at + 32));
  return range.root();
}
