/** Differing lines after which two texts count as wholly different where they differ: finding more costs its square. */
const MOST_EDITS = 3_000;

/**
 * Which line of `b` each line of `a` is, -1 for those that are gone: a longest common subsequence, or a part of one where the texts differ in more than
 * is looked at. Lines are numbers, equal ones for equal lines. E. W. Myers, "An O(ND) difference algorithm and its variations", 1986.
 */
export function alignLines(a: Uint32Array, b: Uint32Array): Int32Array {
  const matches = new Int32Array(a.length).fill(-1);
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  for (; start < shorter && a[start] === b[start]; start++) matches[start] = start;
  let [aEnd, bEnd] = [a.length, b.length];
  for (; aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]; aEnd--, bEnd--) matches[aEnd - 1] = bEnd - 1;
  const inner = alignInner(a.subarray(start, aEnd), b.subarray(start, bEnd));
  for (const [at, match] of inner.entries()) if (match !== -1) matches[start + at] = start + match;
  return matches;
}

function alignInner(a: Uint32Array, b: Uint32Array): Int32Array {
  const matches = new Int32Array(a.length).fill(-1);
  if (a.length === 0 || b.length === 0) return matches;
  const most = Math.min(a.length + b.length, MOST_EDITS);
  // The furthest line of `a` on each diagonal `k`, at `middle + k`.
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(reach.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const place = middle + k;
      let x = isDown(reach, place, { k, edits }) ? at(reach, place + 1) : at(reach, place - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[place] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(matches, trace, { x, y: x - k });
    }
  }
  return matches;
}

/** Whether the furthest path to diagonal `k` comes by a line put in rather than by one taken out. */
function isDown(reach: Int32Array, place: number, { k, edits }: { k: number; edits: number }): boolean {
  return k === -edits || (k !== edits && at(reach, place - 1) < at(reach, place + 1));
}

function walkBack(matches: Int32Array, trace: readonly Int32Array[], end: { x: number; y: number }): Int32Array {
  let { x, y } = end;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] ?? new Int32Array();
    const k = x - y;
    const from = isDown(reach, k + edits + 1, { k, edits }) ? k + 1 : k - 1;
    const oldX = edits === 0 ? 0 : at(reach, from + edits + 1);
    const oldY = edits === 0 ? 0 : oldX - from;
    while (x > oldX && y > oldY) matches[--x] = --y;
    [x, y] = [oldX, oldY];
  }
  return matches;
}

const at = (values: Int32Array, index: number): number => values[index] ?? 0;
