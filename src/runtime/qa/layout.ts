import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Where a TypeScript project puts what it makes of a source; paths are relative to the product. */
export interface Layout {
  /** Folder of the emitted files; undefined if nothing is emitted. */
  outDir: string | undefined;
  rootDir: string;
}

/** The file that runs for a source file: its emitted JavaScript, or itself where nothing is emitted. */
function emittedPath({ outDir, rootDir }: Layout, source: string): string {
  const inside = posix.relative(rootDir, source);
  if (outDir === undefined || inside.startsWith('..') || !/\.[cm]?tsx?$/.test(source)) return source;
  return posix.join(outDir, inside).replace(/\.([cm]?)tsx?$/, '.$1js');
}

/** The emitted file where there is one, else the source; absolute. The tool's own configuration then decides whether it is a test. */
export function runningPath(root: string, source: string, layouts: readonly Layout[]): string {
  const emitted = layouts.map((layout) => join(root, emittedPath(layout, source))).find((path) => existsSync(path));
  return emitted ?? join(root, source);
}
