import { areEqual, type Bytes, concat, fromBase64, sha256 } from './bytes.ts';
import { type VerifiedHead, verifyCheckpoint } from './checkpoint.ts';
import type { LogKey } from './keys.ts';
import { refuse } from './refusal.ts';

/** RFC 6962, 2.1: SHA-256(0x00 || leaf). */
async function leafHash(leaf: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(0), leaf));
}

async function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** RFC 9162, 2.1.3.2: whether the leaf hash stands at `index` of the tree, as these hashes lead from it to the root. */
async function isIncluded(
  { index, size, leaf, root }: { index: number; size: number; leaf: Bytes; root: Bytes },
  path: readonly Bytes[],
): Promise<boolean> {
  if (!isIndex(index) || !isIndex(size) || index >= size || path.some(({ length }) => length !== 32)) return false;
  let node = index;
  let last = size - 1;
  let hashed = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hashed = await nodeHash(sibling, hashed);
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      hashed = await nodeHash(hashed, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && areEqual(hashed, root);
}

const HEADER = 'c2sp.org/tlog-proof@v1';

/** Checks that `leaf` is in the log, by a proof (c2sp.org/tlog-proof) whose checkpoint this key signed. Gives its place. */
export async function verifyInclusion(proof: string, leaf: Bytes, key: LogKey): Promise<{ index: number; head: VerifiedHead }> {
  const split = proof.indexOf('\n\n');
  const lines = proof.slice(0, Math.max(split, 0)).split('\n');
  if (lines.shift() !== HEADER) return refuse('the inclusion proof is malformed');
  if (lines[0]?.startsWith('extra ')) return refuse('the inclusion proof holds more than it should');
  const [, digits] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? [];
  const path = lines.map((line) => fromBase64(line) ?? refuse('a hash of the inclusion proof is malformed'));
  if (digits === undefined) return refuse('the inclusion proof has no index');
  const head = await verifyCheckpoint(proof.slice(split + 2), key);
  const index = Number(digits);
  const claim = { index, size: head.size, leaf: await leafHash(leaf), root: head.root };
  if (!(await isIncluded(claim, path))) return refuse(`it is not entry ${digits} of the log at size ${head.size}`);
  return { index, head };
}

// Sizes go beyond 2^31, so no bit operators.
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
