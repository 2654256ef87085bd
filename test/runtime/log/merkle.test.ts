import { hash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CompactRange, readCompactRange } from '../../../src/runtime/log/compact-range.ts';
import {
  consistencyProof,
  EMPTY_ROOT,
  type Hash,
  inclusionProof,
  leafHash,
  merkleRoot,
  nodesOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/runtime/log/merkle.ts';

/** The test tree of Certificate Transparency: its leaves, and its roots by size. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hashes = LEAVES.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const hex = (proof: Hash[]) => proof.map((item) => item.toString('hex'));

describe('the Certificate Transparency test tree', () => {
  it.each(ROOTS.map((root, size) => [size, root] as const))('of %i leaves has its published root', (size, root) => {
    const leaves = hashes.slice(0, size);
    const range = new CompactRange();
    for (const leaf of leaves) range.append(leaf);
    expect(merkleRoot(leaves).toString('hex')).toBe(root);
    expect(range.root().toString('hex')).toBe(root);
  });

  it.each([
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [0, 1, []],
  ] as const)('proves leaf %i of %i as published', (index, size, proof) => {
    expect(hex(inclusionProof(index, size, nodesOf(hashes)))).toEqual(proof);
  });

  it.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ] as const)('proves size %i consistent with %i as published', (from, to, proof) => {
    expect(hex(consistencyProof(from, to, nodesOf(hashes)))).toEqual(proof);
  });
});

const MAX = 300;
const leaves = Array.from({ length: MAX }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const node = nodesOf(leaves);
const roots = leaves.map((_, i) => merkleRoot(leaves.slice(0, i + 1)));
const rootAt = (size: number) => roots[size - 1] ?? EMPTY_ROOT;
const leafAt = (index: number) => leaves[index] ?? EMPTY_ROOT;

/** Sizes with a smaller or equal number, from 1. */
const span = fc
  .integer({ min: 1, max: MAX })
  .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 1, max: to }) }));

describe('proofs', () => {
  it('of inclusion verify, for every leaf of every size', () => {
    fc.assert(
      fc.property(span, ({ to, from }) => {
        const claim = { index: from - 1, size: to, leaf: leafAt(from - 1), root: rootAt(to) };
        expect(verifyInclusion(claim, inclusionProof(from - 1, to, node))).toBe(true);
      }),
    );
  });

  it('of inclusion fail when anything in them is another', () => {
    fc.assert(
      fc.property(
        span,
        fc.nat(),
        fc.constantFrom('leaf', 'root', 'index', 'hash', 'cut', 'longer', 'short hash'),
        ({ to, from }, at, what) => {
          const claim = { index: from - 1, size: to, leaf: leafAt(from - 1), root: rootAt(to) };
          const proof = inclusionProof(from - 1, to, node);
          const i = at % Math.max(proof.length, 1);
          fc.pre(proof.length > 0 || !['hash', 'cut', 'short hash', 'index'].includes(what));
          if (what === 'leaf') claim.leaf = flipped(claim.leaf, at);
          if (what === 'root') claim.root = flipped(claim.root, at);
          if (what === 'index') claim.index = (claim.index + 1 + (at % (to - 1))) % to;
          if (what === 'hash') proof[i] = flipped(proof[i] ?? EMPTY_ROOT, at);
          if (what === 'short hash') proof[i] = proof[i]?.subarray(1) ?? EMPTY_ROOT;
          if (what === 'cut') proof.splice(i, 1);
          if (what === 'longer') proof.splice(i, 0, EMPTY_ROOT);
          expect(verifyInclusion(claim, proof)).toBe(false);
        },
      ),
    );
  });

  it('of consistency verify, between any two sizes', () => {
    fc.assert(
      fc.property(span, ({ from, to }) => {
        const claim = { from, to, fromRoot: rootAt(from), toRoot: rootAt(to) };
        expect(verifyConsistency(claim, consistencyProof(from, to, node))).toBe(true);
      }),
    );
  });

  it('of consistency fail when anything in them is another', () => {
    fc.assert(
      fc.property(span, fc.nat(), fc.constantFrom('fromRoot', 'toRoot', 'hash', 'cut', 'longer'), ({ from, to }, at, what) => {
        const claim = { from, to, fromRoot: rootAt(from), toRoot: rootAt(to) };
        const proof = consistencyProof(from, to, node);
        const i = at % Math.max(proof.length, 1);
        fc.pre(proof.length > 0 || !['hash', 'cut'].includes(what));
        if (what === 'fromRoot' || what === 'toRoot') claim[what] = flipped(claim[what], at);
        if (what === 'hash') proof[i] = flipped(proof[i] ?? EMPTY_ROOT, at);
        if (what === 'cut') proof.splice(i, 1);
        if (what === 'longer') proof.splice(i, 0, EMPTY_ROOT);
        expect(verifyConsistency(claim, proof)).toBe(false);
      }),
    );
  });

  it('of nothing are refused', () => {
    expect(verifyConsistency({ from: 0, to: 3, fromRoot: EMPTY_ROOT, toRoot: rootAt(3) }, [])).toBe(false);
    expect(verifyInclusion({ index: 0, size: 0, leaf: EMPTY_ROOT, root: EMPTY_ROOT }, [])).toBe(false);
    expect(verifyInclusion({ index: 0, size: 1, leaf: Buffer.alloc(0), root: Buffer.alloc(0) }, [])).toBe(false);
    expect(() => inclusionProof(3, 3, node)).toThrow(RangeError);
    expect(() => consistencyProof(4, 3, node)).toThrow(RangeError);
  });
});

describe('a compact range', () => {
  it('read from stored nodes goes on like one that saw every leaf', () => {
    fc.assert(
      fc.property(span, ({ from, to }) => {
        const range = readCompactRange(from, node);
        for (const leaf of leaves.slice(from, to)) range.append(leaf);
        expect(range.size).toBe(to);
        expect(range.root().equals(rootAt(to))).toBe(true);
      }),
    );
  });

  it('leaves its origin alone when forked', () => {
    const range = readCompactRange(7, node);
    range.fork().append(leafAt(7));
    expect([range.size, range.root()]).toEqual([7, rootAt(7)]);
  });

  it('tells each perfect subtree once, with its hash', () => {
    const told = new Map<string, Hash>();
    const range = new CompactRange();
    for (const leaf of leaves.slice(0, 100)) {
      range.append(leaf, (height, index, subtree) => {
        expect(told.has(`${height}/${index}`)).toBe(false);
        told.set(`${height}/${index}`, subtree);
      });
    }
    expect(told.size).toBe(100 + 50 + 25 + 12 + 6 + 3 + 1);
    expect(told.get('5/2')).toEqual(node(5, 2));
  });

  it('hashes the empty tree to the hash of nothing', () => {
    expect(new CompactRange().root()).toEqual(hash('sha256', '', 'buffer'));
  });
});

function flipped(bytes: Hash, at: number): Hash {
  const copy = Buffer.from(bytes);
  const i = at % copy.length;
  copy[i] = (copy[i] ?? 0) ^ (1 << (at % 8));
  return copy;
}
