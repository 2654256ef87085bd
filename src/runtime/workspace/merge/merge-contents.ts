import { alignLines } from './align-lines.ts';

/** Two versions of a file, and the one that both started from: undefined where it was not there. */
export interface Sides {
  base: Uint8Array | undefined;
  ours: Uint8Array;
  theirs: Uint8Array;
}

/** `conflict`: the places where both sides changed the same lines, in the form of diff3; one sentence where the files are not text. */
export type Merged = { content: Uint8Array } | { conflict: string };

export interface SideNames {
  ours: string;
  theirs: string;
}

/** Larger files are not merged by their lines. */
const MAX_BYTES = 16 * 2 ** 20;

/** A NUL this early makes a file no text: the rule of git. */
const LOOK_FOR_NUL = 8_000;

/**
 * Three-way merge by lines. What one side alone changed is taken; where both changed the same lines, or lines with none between that stayed, it is a
 * conflict, unless they made the same of them. Never prefers a side. The bytes that come out are lines of the sides, whatever their encoding and line ends.
 */
export function mergeContents({ base, ours, theirs }: Sides, names: SideNames): Merged {
  if (Buffer.compare(ours, theirs) === 0) return { content: ours };
  if (base === undefined) return { conflict: 'both made this file anew, otherwise' };
  if (Buffer.compare(base, ours) === 0) return { content: theirs };
  if (Buffer.compare(base, theirs) === 0) return { content: ours };
  if ([base, ours, theirs].some(isNoText)) return { conflict: 'both changed this file, and it is no text that could be merged' };
  return mergeLines(linesOf(base), { ours: linesOf(ours), theirs: linesOf(theirs) }, names);
}

function isNoText(content: Uint8Array): boolean {
  return content.length > MAX_BYTES || content.subarray(0, LOOK_FOR_NUL).includes(0);
}

/** One character a byte, so that every byte comes out as it went in. A line keeps its end: the last one may have none. */
function linesOf(content: Uint8Array): string[] {
  return (
    Buffer.from(content.buffer, content.byteOffset, content.byteLength)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g) ?? []
  );
}

function mergeLines(base: readonly string[], sides: Record<'ours' | 'theirs', readonly string[]>, names: SideNames): Merged {
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) =>
    Uint32Array.from(lines, (line) => numbers.get(line) ?? (numbers.set(line, numbers.size), numbers.size - 1));
  const common = numbered(base);
  const inOurs = alignLines(common, numbered(sides.ours));
  const inTheirs = alignLines(common, numbered(sides.theirs));
  const merged: string[] = [];
  const conflicts: string[] = [];
  let [from, ourFrom, theirFrom] = [0, 0, 0];
  for (let at = 0; at <= base.length; at++) {
    const ourEnd = at === base.length ? sides.ours.length : (inOurs[at] ?? -1);
    const theirEnd = at === base.length ? sides.theirs.length : (inTheirs[at] ?? -1);
    // Only a line that stayed on both sides divides what was changed before it from what was changed after it.
    if (ourEnd === -1 || theirEnd === -1) continue;
    const chunk = {
      base: base.slice(from, at),
      ours: sides.ours.slice(ourFrom, ourEnd),
      theirs: sides.theirs.slice(theirFrom, theirEnd),
    };
    const lines = settled(chunk);
    if (lines === undefined) conflicts.push(shown(chunk, names));
    else merged.push(...lines);
    if (at < base.length) merged.push(base[at] ?? '');
    [from, ourFrom, theirFrom] = [at + 1, ourEnd + 1, theirEnd + 1];
  }
  return conflicts.length > 0 ? { conflict: conflicts.join('') } : { content: Buffer.from(merged.join(''), 'latin1') };
}

type Chunk = Record<'base' | 'ours' | 'theirs', readonly string[]>;

function settled({ base, ours, theirs }: Chunk): readonly string[] | undefined {
  if (isSame(ours, base)) return theirs;
  return isSame(theirs, base) || isSame(ours, theirs) ? ours : undefined;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}

function shown({ base, ours, theirs }: Chunk, names: SideNames): string {
  const text = (lines: readonly string[]) => {
    const joined = Buffer.from(lines.join(''), 'latin1').toString('utf8');
    return joined === '' || joined.endsWith('\n') ? joined : `${joined}\n`;
  };
  return `<<<<<<< ${names.ours}\n${text(ours)}||||||| before\n${text(base)}=======\n${text(theirs)}>>>>>>> ${names.theirs}\n`;
}
