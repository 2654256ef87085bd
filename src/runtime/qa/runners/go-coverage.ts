import { existsSync, readFileSync } from 'node:fs';

type Lines = Map<string, Set<number>>;

/** `module/path/file.go:3.24,5.2 1 0`: from line and column, to line and column, statements, count. */
const BLOCK = /^(.+):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$/;

/** A cover profile of Go as lines. A source that is in no package with tests has no line reached, and only its own lines. */
export function readGoCoverage(
  profile: string,
  { module, sources, root }: { module: string; sources: readonly string[]; root: string },
): { lines: Lines; covered: Lines } {
  const lines: Lines = new Map();
  const covered: Lines = new Map();
  for (const [path, from, to, count] of blocksOf(profile, module)) {
    for (let line = from; line <= to; line++) {
      add(lines, path, line);
      if (count > 0) add(covered, path, line);
    }
  }
  for (const path of sources) {
    if (!lines.has(path)) for (const line of statementLines(`${root}/${path}`)) add(lines, path, line);
  }
  return { lines, covered };
}

function blocksOf(profile: string, module: string): [path: string, from: number, to: number, count: number][] {
  if (!existsSync(profile)) return [];
  return readFileSync(profile, 'utf8')
    .split('\n')
    .flatMap((row) => {
      const [, file = '', from, to, count] = BLOCK.exec(row) ?? [];
      if (!file.startsWith(`${module}/`)) return [];
      return [[file.slice(module.length + 1), Number(from), Number(to), Number(count)]];
    });
}

/** Lines inside functions, roughly: those that are indented and say anything. */
function statementLines(path: string): number[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, at) => (/^\t+[^\s/})]/.test(text) ? [at + 1] : []));
}

function add(map: Lines, path: string, line: number): void {
  const known = map.get(path) ?? new Set();
  known.add(line);
  map.set(path, known);
}
