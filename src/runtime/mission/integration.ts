import { type Digest, sha256 } from '../../base/digest.ts';
import type { Artifact, Change } from '../vault/artifact.ts';
import { mergeContents } from '../workspace/merge/merge-contents.ts';
import type { Reach } from './reach.ts';

/** A file as a task left it; undefined where it took it away. */
type Version = Artifact | undefined;

interface Writer {
  task: number;
  version: Version;
}

/** Two tasks, neither of which builds on the other, changed the same lines of a file. */
export interface Conflict {
  path: string;
  /** The later one in the order of the graph. */
  task: number;
  /** The earlier ones that it does not build on. */
  onto: number[];
  /** What the places are, in the form of diff3. */
  shown: string;
}

/** A file whose content no task has left as it is. */
export interface MergedFile {
  artifact: Artifact;
  /** What tasks left of it, in the order in which it was put together. */
  sides: { task: string; digest: Digest | undefined }[];
}

export interface IntegrationOptions {
  reach: Reach;
  nameOf: (task: number) => string;
  read: (digest: Digest) => Uint8Array;
  /** What was there before any task. */
  base: ReadonlyMap<string, Artifact>;
}

type Among = (task: number) => boolean;

/**
 * Puts the changes of tasks together, path by path: always in the order of the graph, whoever finished first, each against the version that its task
 * started from. So the outcome is a function of what the tasks left, and of nothing else. Pure but for reading contents.
 */
export class Integration {
  readonly #options: IntegrationOptions;
  /** By path, in the order of the graph. */
  readonly #writers = new Map<string, Writer[]>();
  /** Paths that tasks wrote differently of which neither builds on the other. */
  readonly #shared = new Set<string>();
  readonly #merges = new Map<string, Artifact | { shown: string }>();
  /** Contents that came out of merges, which the store may not have yet. */
  readonly #made = new Map<Digest, Uint8Array>();
  readonly #fresh = new Set<Digest>();

  constructor(options: IntegrationOptions) {
    this.#options = options;
  }

  /** Notes what a task has left. Returns the tasks whose changes have to be held against those of others. */
  add(task: number, { files, removed }: Change): number[] {
    const disputed = new Set<number>();
    for (const file of files) this.#note(file.path, { task, version: file }, disputed);
    for (const path of removed) this.#note(path, { task, version: undefined }, disputed);
    return [...disputed].sort((a, b) => a - b);
  }

  /** What these tasks have left no longer counts. */
  remove(tasks: ReadonlySet<number>): void {
    for (const [path, writers] of this.#writers) {
      const left = writers.filter(({ task }) => !tasks.has(task));
      if (left.length === writers.length) continue;
      if (left.length === 0) this.#writers.delete(path);
      else this.#writers.set(path, left);
      if (this.#shared.has(path) && left.every((_, at) => this.#strangers(left, at).length === 0)) this.#shared.delete(path);
    }
  }

  /** The tasks that last wrote the paths. */
  writersOf(paths: Iterable<string>): number[] {
    const last = [...paths].flatMap((path) => this.#writers.get(path)?.at(-1)?.task ?? []);
    return [...new Set(last)].sort((a, b) => a - b);
  }

  /** Whether any path has to be merged at all. */
  get isShared(): boolean {
    return this.#shared.size > 0;
  }

  /** The first conflicts between a task and the tasks before it, of which all have settled. */
  conflictsOf(task: number): Conflict[] {
    return this.#conflicts((each) => each <= task).filter((conflict) => conflict.task === task);
  }

  /** The paths of a task whose changes were put together with those of earlier tasks beside it, and who these are. */
  mergedBy(task: number): { paths: string[]; beside: number[] } {
    const beside = new Set<number>();
    const paths = [...this.#shared].sort().filter((path) => {
      const writers = this.#writersAmong(path, (each) => each <= task);
      const others = writers.at(-1)?.task === task ? this.#strangers(writers, writers.length - 1) : [];
      for (const other of others) beside.add(other.task);
      return others.length > 0;
    });
    return { paths, beside: [...beside].sort((a, b) => a - b) };
  }

  /** A conflict of one of these tasks with others that have come to their end, or among themselves alone. */
  conflictAmong(among: Among): { conflict: Conflict; alone: boolean } | undefined {
    if (this.#shared.size === 0) return undefined;
    const beside = this.#conflicts(() => true).find(({ task }) => among(task));
    if (beside !== undefined) return { conflict: beside, alone: false };
    const [conflict] = this.#conflicts(among);
    return conflict && { conflict, alone: true };
  }

  /** Versions of the shared paths that come out of these tasks; of a conflict the side of the earlier one. */
  shared(among: Among): Map<string, { version: Version; merged: MergedFile | undefined }> {
    const versions = new Map<string, { version: Version; merged: MergedFile | undefined }>();
    for (const path of this.#shared) {
      const writers = this.#writersAmong(path, among);
      if (writers.length === 0) continue;
      const { version } = this.#fold(path, writers);
      const isOwn = version === undefined || writers.some((writer) => isSame(writer.version, version));
      const sides = writers.map((writer) => ({
        task: this.#options.nameOf(writer.task),
        digest: writer.version?.digest,
      }));
      versions.set(path, { version, merged: isOwn ? undefined : { artifact: version, sides } });
    }
    return versions;
  }

  /** Contents that came out of merges since this was last asked. */
  takeFresh(): Uint8Array[] {
    const fresh = [...this.#fresh].flatMap((digest) => this.#made.get(digest) ?? []);
    this.#fresh.clear();
    return fresh;
  }

  #note(path: string, writer: Writer, disputed: Set<number>): void {
    const others = this.#writers.get(path);
    if (others === undefined) {
      this.#writers.set(path, [writer]);
      return;
    }
    const writers = [...others.filter(({ task }) => task !== writer.task), writer].sort((a, b) => a.task - b.task);
    this.#writers.set(path, writers);
    for (let at = writers.indexOf(writer); at < writers.length; at++) {
      const each = writers[at];
      if (each === undefined || this.#strangers(writers, at).length === 0) continue;
      this.#shared.add(path);
      disputed.add(each.task);
    }
  }

  /** The earlier writers that the one at `at` does not build on, and whose version is another. */
  #strangers(writers: readonly Writer[], at: number): Writer[] {
    const own = writers[at];
    if (own === undefined) return [];
    return writers
      .slice(0, at)
      .filter(({ task, version }) => !isSame(version, own.version) && !this.#options.reach.builds(own.task, task));
  }

  #conflicts(among: Among): Conflict[] {
    return [...this.#shared].sort().flatMap((path) => this.#fold(path, this.#writersAmong(path, among)).conflict ?? []);
  }

  #writersAmong(path: string, among: Among): Writer[] {
    return (this.#writers.get(path) ?? []).filter(({ task }) => among(task));
  }

  /** Puts versions together in order; stops at the first conflict, with what came out up to it. */
  #fold(path: string, writers: readonly Writer[]): { version: Version; conflict?: Conflict } {
    const { base, reach, nameOf } = this.#options;
    let version: Version = base.get(path);
    for (const [at, { task, version: theirs }] of writers.entries()) {
      const below = (this.#writers.get(path) ?? []).filter((other) => reach.builds(task, other.task));
      const seen = below.length === at ? version : this.#fold(path, below).version;
      const merged = this.#merge({ seen, ours: version, theirs }, nameOf(task));
      if (merged !== undefined && 'shown' in merged) {
        const onto = this.#strangers(writers, at).map((other) => other.task);
        return { version, conflict: { path, task, onto, shown: merged.shown } };
      }
      version = merged;
    }
    return { version };
  }

  #merge({ seen, ours, theirs }: { seen: Version; ours: Version; theirs: Version }, name: string): Version | { shown: string } {
    if (isSame(ours, seen)) return theirs;
    if (isSame(theirs, seen) || isSame(theirs, ours)) return ours;
    if (ours === undefined || theirs === undefined) {
      return {
        shown: `${ours === undefined ? `it was removed, and ${name} changed` : `it was changed, and ${name} removed`} it`,
      };
    }
    const key = [seen, ours, theirs].map((each) => `${each?.digest}${each?.executable === true ? '*' : ''}`).join();
    const known = this.#merges.get(key) ?? this.#mergeContents({ seen, ours, theirs }, name);
    this.#merges.set(key, known);
    return known;
  }

  #mergeContents(
    { seen, ours, theirs }: { seen: Version; ours: Artifact; theirs: Artifact },
    name: string,
  ): Artifact | { shown: string } {
    const merged = mergeContents(
      { base: seen && this.#read(seen.digest), ours: this.#read(ours.digest), theirs: this.#read(theirs.digest) },
      { ours: 'what is there', theirs: name },
    );
    if ('conflict' in merged) return { shown: merged.conflict };
    const digest = sha256(merged.content);
    this.#made.set(digest, merged.content);
    this.#fresh.add(digest);
    const { path, type } = theirs;
    const isExecutable = ours.executable === seen?.executable ? theirs.executable : ours.executable;
    const artifact = { path, digest, size: merged.content.length, type };
    return isExecutable === true ? { ...artifact, executable: true } : artifact;
  }

  #read(digest: Digest): Uint8Array {
    return this.#made.get(digest) ?? this.#options.read(digest);
  }
}

/** Whether two versions of one path are the same file. */
export function isSame(a: Version, b: Version): boolean {
  return a?.digest === b?.digest && a?.executable === b?.executable;
}
