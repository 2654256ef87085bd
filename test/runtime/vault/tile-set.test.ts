import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { leafHash, merkleRoot } from '../../../src/runtime/log/merkle.ts';
import { computeTiles, tilePath } from '../../../src/runtime/log/tiles.ts';
import { isTreeOf, tilesLeadingUp, TileSet } from '../../../src/runtime/vault/tile-set.ts';

const bodies = Array.from({ length: 70_000 }, (_, i) => Buffer.from(`entry ${i}`));
const leaves = bodies.map((body) => leafHash(body));

const trees = new Map<number, { all: Map<string, Buffer>; root: Buffer }>();
function treeOf(size: number) {
  const tree = trees.get(size) ?? { all: computeTiles(leaves.slice(0, size)), root: merkleRoot(leaves.slice(0, size)) };
  trees.set(size, tree);
  return tree;
}

/** The tiles over the first `size` leaves that lead from `seqs` to the root. */
function partOf(seqs: readonly number[], size: number) {
  const { all, root } = treeOf(size);
  const needed = tilesLeadingUp(seqs, size);
  const files = new Map(needed.map((tile) => [tilePath(tile), all.get(tilePath(tile)) ?? Buffer.alloc(0)]));
  const head = { origin: 'test', size, root };
  return { needed, files, head };
}

const sizes = fc.oneof(fc.constantFrom(1, 255, 256, 257, 511, 512, 65_536, 65_793, 70_000), fc.integer({ min: 1, max: 3000 }));

describe('tile set', () => {
  it('leads from any leaves to the root', () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(69_999), { maxLength: 5 }), (size, picks) => {
        const seqs = picks.map((pick) => pick % size);
        const { needed, files, head } = partOf(seqs, size);
        const tiles = new TileSet(files, size);
        expect(needed.map((tile) => tiles.fault(tile))).toEqual(needed.map(() => undefined));
        expect(isTreeOf(tiles, head)).toBe(true);
        for (const seq of seqs) expect(tiles.holds(seq, bodies[seq] ?? Buffer.alloc(0))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('needs few tiles of a large tree', () => {
    expect(partOf([3], 70_000).needed.map(tilePath)).toEqual([
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
      'tile/0/000',
      'tile/1/000',
    ]);
  });

  it('notices any changed bit', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, pick, bit) => {
        const seq = pick % size;
        const { needed, files, head } = partOf([seq], size);
        const [path, bytes] = [...files][pick % files.size] ?? ['', Buffer.alloc(0)];
        const changed = Buffer.from(bytes);
        const at = bit % (changed.length * 8);
        changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
        const tiles = new TileSet(new Map(files).set(path, changed), size);
        expect(needed.some((tile) => tiles.fault(tile) !== undefined) || !isTreeOf(tiles, head)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('holds no entry at another place, of other bytes, or beyond its end', () => {
    const tiles = new TileSet(partOf([1, 2], 300).files, 300);
    expect(tiles.holds(1, Buffer.from('entry 2'))).toBe(false);
    expect(tiles.holds(300, Buffer.from('entry 300'))).toBe(false);
  });

  it('says what is wrong with a tile', () => {
    const { needed, files, head } = partOf([1], 300);
    const [partial] = needed;
    if (partial === undefined) throw new Error('no tile');
    expect(new TileSet(new Map(), 300).fault(partial)).toMatch(/missing/);
    expect(new TileSet(new Map([[tilePath(partial), Buffer.alloc(5)]]), 300).fault(partial)).toMatch(/5 bytes/);
    expect(isTreeOf(new TileSet(new Map(), 300), head)).toBe(false);
    expect(isTreeOf(new TileSet(files, 300), { ...head, root: Buffer.alloc(32) })).toBe(false);
  });
});
