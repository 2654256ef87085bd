import fc from 'fast-check';
import { expect, it } from 'vitest';

import { leafHash, merkleRoot } from '../../../src/runtime/log/merkle.ts';
import { computeTiles, entryBundlePath, parseTilePath, subtreeRoot, tilePath, tilesOf } from '../../../src/runtime/log/tiles.ts';

it.each([
  [{ level: 0, n: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
  [{ level: 0, n: 0, width: 256 }, 'tile/0/000'],
  [{ level: 1, n: 0, width: 17 }, 'tile/1/000.p/17'],
  [{ level: 63, n: 1000, width: 1 }, 'tile/63/x001/000.p/1'],
])('writes and reads the path of %j', (tile, path) => {
  expect(tilePath(tile)).toBe(path);
  expect(parseTilePath(path)).toEqual(tile);
});

it.each([
  'tile/00/000',
  'tile/0/0',
  'tile/0/x000/000',
  'tile/0/000.p/256',
  'tile/0/000.p/0',
  'tile/0/000.p/01',
  'tile/64/000',
  'tile/0/../000',
  'tile/0/001/000',
])('refuses the path %s', (path) => expect(parseTilePath(path)).toBeUndefined());

it('reads back every path it writes', () => {
  const tile = fc.record({ level: fc.nat(63), n: fc.nat(2 ** 40), width: fc.integer({ min: 1, max: 256 }) });
  fc.assert(
    fc.property(tile, (value) => {
      expect(parseTilePath(tilePath(value))).toEqual(value);
    }),
  );
});

it('names entry bundles', () => {
  expect(entryBundlePath({ n: 273, width: 112 })).toBe('tile/entries/273.p/112');
  expect(entryBundlePath({ n: 1000, width: 256 })).toBe('tile/entries/x001/000');
});

it('has the tiles of the tree of 70,000 that the specification counts', () => {
  const tiles = [...tilesOf(70_000)];
  expect(tiles.filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(273);
  expect(tiles.filter(({ level, width }) => level > 0 || width < 256).map(tilePath)).toEqual([
    'tile/0/273.p/112',
    'tile/1/000',
    'tile/1/001.p/17',
    'tile/2/000.p/1',
  ]);
});

it('has both a full tile and a partial one above it at 256, and none at 0', () => {
  expect([...tilesOf(256)].map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
  expect([...tilesOf(0)]).toEqual([]);
});

it('computes hashes that are those of the tree', () => {
  const leaves = Array.from({ length: 600 }, (_, i) => leafHash(Buffer.from(String(i))));
  const tiles = computeTiles(leaves);
  expect([...tiles.keys()]).toEqual(['tile/0/000', 'tile/0/001', 'tile/0/002.p/88', 'tile/1/000.p/2']);
  expect(tiles.get('tile/0/002.p/88')).toEqual(Buffer.concat(leaves.slice(512)));
  expect(tiles.get('tile/1/000.p/2')).toEqual(
    Buffer.concat([merkleRoot(leaves.slice(0, 256)), merkleRoot(leaves.slice(256, 512))]),
  );
  expect(subtreeRoot(tiles.get('tile/0/001') ?? Buffer.alloc(0))).toEqual(merkleRoot(leaves.slice(256, 512)));
});
