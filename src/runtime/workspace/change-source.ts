import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { syncFolder, writeDurably } from '../../base/durable-file.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { confinedPath, isReadOnly, readSourceFile, SourceFault, type SourceFaultKind } from './source-file.ts';

/** What is to become of a user's source, as a whole. Paths are relative to its root, with `/`. */
export interface SourceChange {
  /** Files that nothing becomes of, and that the rest was made from. */
  read: readonly { path: string; text: string }[];
  /** `before` is the text that was read; undefined for a file that is new. */
  files: readonly { path: string; before: string | undefined; after: string }[];
  /** Folders that get another place, once every file is written. */
  moves: readonly Move[];
}

/** `whole` is a pattern of paths in the folder: what matches must have been read, so that nothing goes along unseen. */
interface Move {
  from: string;
  to: string;
  whole: RegExp;
}

/** How it is done; each act is done wholly or not at all, whenever it is cut off. */
export interface SourceActs {
  write(path: string, text: string, mode: number | undefined): void;
  move(from: string, to: string): void;
}

export const DISK: SourceActs = {
  write: writeDurably,
  move(from, to) {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    syncFolder(dirname(to));
    syncFolder(dirname(from));
  },
};

/**
 * Throws if anything is not as it was when it was read: `SOURCE_CHANGED`, `SOURCE_UNWRITABLE`, `BUNDLE_ESCAPE`, and `ARCHIVE_EXISTS` where a folder
 * is to go to a place that is taken.
 */
export function checkSource(root: string, { read, files, moves }: SourceChange): void {
  const known = new Set(read.map(({ path }) => path));
  for (const { path, text } of read) check(root, path, text);
  for (const { path, before } of files) checkWritable(path, check(root, path, before));
  for (const move of moves) checkMove(root, move, known);
}

/**
 * Changes a source: first everything is held against what was read, and nothing is written if anything differs; then each file is replaced as a
 * whole, held against what was read once more; folders move last. Cut off anywhere it leaves files that are old or new, never in between,
 * and every folder of which a file is still old in its place.
 */
export function changeSource(root: string, change: SourceChange, acts: SourceActs = DISK): void {
  checkSource(root, change);
  const known = new Set(change.read.map(({ path }) => path));
  const done: string[] = [];
  for (const { path, before, after } of change.files) {
    attempt(path, done, () => acts.write(confinedPath(root, path), after, check(root, path, before)));
    done.push(path);
  }
  for (const move of change.moves) {
    attempt(move.from, done, () => {
      const { from, to } = checkMove(root, move, known);
      acts.move(from, to);
    });
    done.push(move.from);
  }
}

/** The file's mode. */
function check(root: string, path: string, text: string | undefined): number | undefined {
  const now = guarded(path, () => readSourceFile(root, path));
  if (now?.text === text) return now?.mode;
  const how = now === undefined ? 'is not there any more' : text === undefined ? 'is there now' : 'was changed meanwhile';
  throw fault('changed', path, `${path} ${how}.`);
}

function checkWritable(path: string, mode: number | undefined): void {
  if (mode !== undefined && isReadOnly({ mode })) throw fault('unwritable', path, `${path} is read-only.`);
}

/** Both ends as paths on disk. */
function checkMove(root: string, { from, to, whole }: Move, known: ReadonlySet<string>): { from: string; to: string } {
  const place = guarded(from, () => ({ from: confinedPath(root, from), to: confinedPath(root, to) }));
  if (lstatSync(place.from, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw fault('changed', from, `${from} is no folder any more.`);
  }
  if (lstatSync(place.to, { throwIfNoEntry: false }) !== undefined) {
    throw new NexusError('ARCHIVE_EXISTS', `${to} is there already.`, {
      hint: 'Rename the one in the archive, or the change.',
      details: { path: to },
    });
  }
  const stranger = strangerIn(place.from, whole, (path) => known.has(`${from}/${path}`));
  if (stranger === undefined) return place;
  throw fault('changed', from, `${from}/${stranger} was not read: it is new, or a link.`);
}

/** A file that ought to have been read and was not, or a link that may lead to one. Node's recursive listing would follow links. */
function strangerIn(folder: string, whole: RegExp, isKnown: (path: string) => boolean): string | undefined {
  const pending = [''];
  for (let inner = pending.pop(); inner !== undefined; inner = pending.pop()) {
    for (const entry of readdirSync(join(folder, inner), { withFileTypes: true })) {
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) pending.push(path);
      else if (whole.test(path) && !isKnown(path)) return path;
      else if (entry.isSymbolicLink() && whole.test(`${path}/spec.md`)) return path;
    }
  }
  return undefined;
}

function guarded<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw error instanceof SourceFault ? fault(error.kind, path, `${path}: ${error.message}`) : error;
  }
}

/** What was done before something went wrong is told with it. */
function attempt(path: string, done: readonly string[], act: () => void): void {
  try {
    act();
  } catch (error) {
    const known = error instanceof NexusError && !error.code.startsWith('WORKSPACE_') ? error : undefined;
    if (known !== undefined && done.length === 0) throw known;
    const message = error instanceof NexusError ? error.message : `Cannot write ${path}: ${messageOf(error)}.`;
    const before = done.length === 0 ? '' : ` Done before: ${done.join(', ')}.`;
    throw new NexusError(known?.code ?? 'SOURCE_UNWRITABLE', `${message}${before}`, {
      hint: 'Mend that, and run the same command again: what is done already is not done twice.',
      details: { ...known?.details, path, done },
      cause: error,
    });
  }
}

const CODES = { escape: 'BUNDLE_ESCAPE', unwritable: 'SOURCE_UNWRITABLE', changed: 'SOURCE_CHANGED' } as const;
const HINTS: Record<SourceFaultKind, string> = {
  escape: 'Replace the link by what it names.',
  unwritable: 'Give yourself write access to it.',
  changed: 'Run the same command again: it reads what is there now.',
};

function fault(kind: SourceFaultKind, path: string, message: string): NexusError {
  return new NexusError(CODES[kind], message, { hint: HINTS[kind], details: { path } });
}
