/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Beyond this many differing lines one text is shown as taken out and the other as put in: finding more costs its square. */
const MOST_EDITS = 400;

type Edit = readonly [sign: ' ' | '+' | '-', text: string];

/** What turns one text into another, as `diff -u` shows it, without its head: `@@ -1,3 +1,4 @@`, then lines with ` `, `-` or `+` before them. */
export function lineDiff(before: string, after: string): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const start = common(old, now, (lines, at) => lines[at]);
  const [oldTail, nowTail] = [old.slice(start), now.slice(start)];
  const end = common(oldTail, nowTail, (lines, at) => lines[lines.length - 1 - at]);
  const same = (lines: readonly string[]): Edit[] => lines.map((text) => [' ', text]);
  const edits = [
    ...same(old.slice(0, start)),
    ...shortest(oldTail.slice(0, oldTail.length - end), nowTail.slice(0, nowTail.length - end)),
    ...same(oldTail.slice(oldTail.length - end)),
  ];
  return hunks(edits);
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|[\r\n]/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function common(a: readonly string[], b: readonly string[], at: (lines: readonly string[], at: number) => string | undefined) {
  let count = 0;
  while (count < Math.min(a.length, b.length) && at(a, count) === at(b, count)) count += 1;
  return count;
}

/** E. W. Myers, "An O(ND) difference algorithm and its variations", 1986. */
function shortest(a: readonly string[], b: readonly string[]): Edit[] {
  const trace: Map<number, number>[] = [];
  const reach = new Map([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, MOST_EDITS); edits++) {
    trace.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      let x = isDown(reach, k, edits) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkedBack(a, b, trace);
    }
  }
  return [...a.map((text): Edit => ['-', text]), ...b.map((text): Edit => ['+', text])];
}

/** Whether the furthest path on diagonal `k` comes from above (a line put in) rather than from the left (one taken out). */
function isDown(reach: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && (reach.get(k - 1) ?? 0) < (reach.get(k + 1) ?? 0));
}

function walkedBack(a: readonly string[], b: readonly string[], trace: readonly ReadonlyMap<number, number>[]): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [a.length, b.length];
  for (let step = trace.length - 1; step >= 0; step--) {
    const reach = trace[step] ?? new Map<number, number>();
    const k = x - y;
    const from = isDown(reach, k, step) ? k + 1 : k - 1;
    const [oldX, oldY] = [reach.get(from) ?? 0, (reach.get(from) ?? 0) - from];
    while (x > oldX && y > oldY) {
      x -= 1;
      y -= 1;
      edits.push([' ', a[x] ?? '']);
    }
    if (step === 0) break;
    edits.push(x === oldX ? ['+', b[oldY] ?? ''] : ['-', a[oldX] ?? '']);
    [x, y] = [oldX, oldY];
  }
  return edits.toReversed();
}

function hunks(edits: readonly Edit[]): string[] {
  const near = new Set<number>();
  for (const [at, [sign]] of edits.entries()) {
    if (sign === ' ') continue;
    for (let close = Math.max(0, at - CONTEXT); close <= at + CONTEXT; close++) near.add(close);
  }
  const lines: string[] = [];
  let [old, now] = [1, 1];
  for (let at = 0; at < edits.length; at++) {
    if (near.has(at) && !near.has(at - 1)) lines.push(headOf(edits, near, { at, old, now }));
    const [sign, text] = edits[at] ?? [' ', ''];
    if (near.has(at)) lines.push(`${sign}${text}`);
    if (sign !== '+') old += 1;
    if (sign !== '-') now += 1;
  }
  return lines;
}

function headOf(
  edits: readonly Edit[],
  near: ReadonlySet<number>,
  { at, old, now }: { at: number; old: number; now: number },
): string {
  let [fewer, more] = [0, 0];
  for (let next = at; near.has(next) && next < edits.length; next++) {
    const sign = edits[next]?.[0];
    if (sign !== '+') fewer += 1;
    if (sign !== '-') more += 1;
  }
  return `@@ -${fewer === 0 ? old - 1 : old},${fewer} +${more === 0 ? now - 1 : now},${more} @@`;
}
