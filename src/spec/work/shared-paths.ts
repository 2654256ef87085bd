/** Who wrote below a folder, or all of it, last. */
interface FolderWriters {
  /** The last task that may write everything below it. */
  whole?: number;
  /** Tasks that wrote single things below it since. */
  since: number[];
}

/**
 * Pairs of tasks that write the same path, each with the one before it in the given order, so that the pairs are a chain and not
 * a square. A glob stands for the folder before its first `*`.
 */
export class SharedPaths {
  readonly #files = new Map<string, number>();
  readonly #folders = new Map<string, FolderWriters>();

  /** Notes a task's paths and returns the earlier tasks it must wait for, with the path they share. */
  add(task: number, paths: readonly string[]): Map<number, string> {
    const before = new Map<number, string>();
    for (const path of new Set(paths.map(normalPath))) {
      if (path === undefined) continue;
      for (const other of path.endsWith('/') ? this.#addFolder(path, task) : this.#addFile(path, task)) {
        if (other !== task && !before.has(other)) before.set(other, path);
      }
    }
    return before;
  }

  #addFile(path: string, task: number): number[] {
    const earlier = [this.#files.get(path) ?? []].flat();
    this.#files.set(path, task);
    return [...earlier, ...this.#under(path, task)];
  }

  #addFolder(path: string, task: number): number[] {
    const own = this.#folder(path);
    const earlier = [...own.since, ...[own.whole ?? []].flat()];
    own.whole = task;
    own.since = [];
    return [...earlier, ...this.#under(path.slice(0, -1), task)];
  }

  /** The tasks that may write everything in one of the folders above. */
  #under(path: string, task: number): number[] {
    const found: number[] = [];
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = this.#folder(path.slice(0, at + 1));
      if (folder.whole !== undefined) found.push(folder.whole);
      if (folder.since.at(-1) !== task) folder.since.push(task);
    }
    return found;
  }

  #folder(path: string): FolderWriters {
    const known = this.#folders.get(path) ?? { since: [] };
    this.#folders.set(path, known);
    return known;
  }
}

const MAX_PATH = 400;

/** `./src\a.ts` is `src/a.ts`, `src/**` is `src/`; a glob without a folder before it says nothing. */
function normalPath(path: string): string | undefined {
  const plain = path
    .slice(0, MAX_PATH)
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '');
  const star = plain.search(/[*?[{]/);
  if (star === -1) return plain === '' ? undefined : plain;
  const folder = plain.slice(0, plain.lastIndexOf('/', star) + 1);
  return folder === '' || folder === '/' ? undefined : folder;
}
