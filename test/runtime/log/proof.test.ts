import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { signCheckpoint } from '../../../src/runtime/log/checkpoint.ts';
import { inclusionProof, leafHash, merkleRoot, nodesOf } from '../../../src/runtime/log/merkle.ts';
import { formatProof, type LogProof, parseProof, verifyProof } from '../../../src/runtime/log/proof.ts';
import { signer } from './fixed.ts';

const bodies = Array.from({ length: 21 }, (_, i) => Buffer.from(`entry ${i}`));
const leaves = bodies.map(leafHash);
const checkpoint = signCheckpoint({ size: 21, root: merkleRoot(leaves) }, signer);
const proofOf = (index: number): LogProof => ({ index, hashes: inclusionProof(index, 21, nodesOf(leaves)), checkpoint });
const bodyOf = (index: number) => bodies[index] ?? Buffer.alloc(0);

describe('a proof file', () => {
  it('is laid out as the specification says', () => {
    const lines = formatProof({ ...proofOf(20), extra: Buffer.from('more') }).split('\n');
    expect(lines.slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', 'extra bW9yZQ==', 'index 20']);
    expect(lines.slice(3, 6).map((line) => line.length)).toEqual([44, 44, 0]);
    expect(lines.slice(6).join('\n')).toBe(checkpoint);
  });

  it('verifies after being written and read, for every entry', () => {
    for (const [index, body] of bodies.entries()) {
      const proof = parseProof(formatProof(proofOf(index)));
      expect(proof).toEqual(proofOf(index));
      expect(verifyProof(proof, body, signer)).toMatchObject({ size: 21, origin: 'log.example/test' });
    }
  });

  it('keeps its extra data, and needs no hashes in a log of one', () => {
    const one: LogProof = {
      index: 0,
      hashes: [],
      checkpoint: signCheckpoint({ size: 1, root: leafHash(bodyOf(0)) }, signer),
      extra: Buffer.from([0, 255]),
    };
    expect(parseProof(formatProof(one))).toEqual(one);
    expect(verifyProof(one, bodyOf(0), signer).size).toBe(1);
  });

  it('proves no other entry', () => {
    expect(() => verifyProof(proofOf(3), bodyOf(4), signer)).toThrow(expect.objectContaining({ code: 'VERIFY_FAILED' }));
  });

  it('fails with any byte changed', () => {
    const bytes = Buffer.from(formatProof(proofOf(11)));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        expect(() => verifyProof(parseProof(changed.toString()), bodyOf(11), signer)).toThrow(
          expect.objectContaining({ code: 'VERIFY_FAILED' }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '',
    'c2sp.org/tlog-proof@v2\nindex 0\n\nx',
    'c2sp.org/tlog-proof@v1\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 01\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx',
  ])('is not %j', (text) => expect(() => parseProof(text)).toThrow(expect.objectContaining({ code: 'VERIFY_FAILED' })));
});
