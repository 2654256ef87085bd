import { fsyncSync, readSync, writeSync } from 'node:fs';

import { type Digest, sha256 } from '../../base/digest.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { decodeText } from '../../spec/bundle/decode-text.ts';
import { sourceText } from '../../spec/source-text.ts';
import { type BoxGuard, markAt } from '../../spec/work/box-guards.ts';
import { isStillThere, type SourceFile, SourceFault, withSourceFile } from './source-file.ts';

/** What became of a box: the digest of its line as it is now, or why it was left alone. */
export type TickOutcome = { ticked: true; digest: Digest } | { ticked: false; reason: string };

const CLOSED = Buffer.from('x');
const CHANGED = 'The line is not the one that was read: the file was changed meanwhile.';

/**
 * Closes boxes of one file, each by writing one byte where its mark stands: never more, so that nobody else's edit is undone. A line
 * that is not what its guard says, or that lies in a file which is not what it was, is left alone. Outcomes are in the order of `guards`.
 */
export function tickBoxes(root: string, file: string, guards: readonly BoxGuard[]): TickOutcome[] {
  try {
    return withSourceFile(root, file, (open) => tickIn(open, guards));
  } catch (error) {
    return guards.map(() => left(error));
  }
}

/** A line as it lies in the file. */
interface Line {
  bytes: Buffer;
  offset: number;
}

function tickIn(open: SourceFile, guards: readonly BoxGuard[]): TickOutcome[] {
  const lines = linesOf(open.bytes, new Set(guards.map(({ line }) => line)));
  let whole: Digest | undefined;
  const isWhole = (digest: Digest): boolean => (whole ??= wholeOf(open.bytes)) === digest;
  const outcomes = guards.map((guard): TickOutcome => {
    try {
      if (guard.whole !== undefined && !isWhole(guard.whole)) {
        throw new SourceFault('changed', 'The line stands there more than once, and the file was changed meanwhile.');
      }
      return { ticked: true, digest: tickLine(open, lines.get(guard.line), guard) };
    } catch (error) {
      return left(error);
    }
  });
  if (!outcomes.some(({ ticked }) => ticked)) return outcomes;
  syncMarks(open);
  if (isStillThere(open)) return outcomes;
  return outcomes.map((outcome) =>
    outcome.ticked ? { ticked: false, reason: 'Another file was put in the place of the one that was ticked.' } : outcome,
  );
}

function syncMarks({ fd }: SourceFile): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    throw new SourceFault(
      'unwritable',
      `Marks were written, but the disk does not say that they will last: ${messageOf(error)}.`,
    );
  }
}

/** Writes the byte, if the line is as its guard says down to the moment before. Returns the digest of the line as it is then. */
function tickLine({ fd }: SourceFile, line: Line | undefined, { column, digest }: BoxGuard): Digest {
  const text = line?.bytes.toString('utf8') ?? '';
  if (line === undefined || sha256(text) !== digest) throw new SourceFault('changed', CHANGED);
  const mark = markAt(text, column);
  if (mark === undefined || mark.charCodeAt(0) > 0x7e)
    throw new SourceFault('changed', 'There is no open checkbox in that place.');
  const at = Buffer.byteLength(text.slice(0, column - 1));
  const now = Buffer.alloc(line.bytes.length);
  const length = readSync(fd, now, 0, now.length, line.offset);
  if (length !== now.length || !now.equals(line.bytes)) throw new SourceFault('changed', CHANGED);
  if (writeSync(fd, CLOSED, 0, 1, line.offset + at) !== 1) throw new SourceFault('unwritable', 'The byte could not be written.');
  return sha256(`${text.slice(0, column - 1)}x${text.slice(column)}`);
}

const [LF, CR] = [0x0a, 0x0d];

/** The wanted lines of a file, without their ends. As in `sourceText`, LF, CRLF and CR end a line, and a byte order mark is none of it. */
function linesOf(bytes: Buffer, wanted: ReadonlySet<number>): Map<number, Line> {
  const found = new Map<number, Line>();
  let from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let line = 1; from < bytes.length; line++) {
    let to = from;
    while (to < bytes.length && bytes[to] !== LF && bytes[to] !== CR) to += 1;
    if (wanted.has(line)) found.set(line, { bytes: bytes.subarray(from, to), offset: from });
    from = bytes[to] === CR && bytes[to + 1] === LF ? to + 2 : to + 1;
  }
  return found;
}

/** Digest of a whole text as `BoxGuard` has it. */
function wholeOf(bytes: Buffer): Digest {
  return sha256(sourceText({ path: '', text: decodeText(bytes, 'The file') }).text);
}

function left(error: unknown): TickOutcome {
  if (error instanceof SourceFault || error instanceof NexusError) return { ticked: false, reason: error.message };
  return { ticked: false, reason: `The byte could not be written: ${messageOf(error)}.` };
}
