import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Coverage as node leaves it in the folder of `NODE_V8_COVERAGE`: https://chromedevtools.github.io/devtools-protocol/v8/Profiler/ */
interface ScriptCoverage {
  url: string;
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

type Lines = Map<string, Set<number>>;

/** A coverage file over this size is not read. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Lines of the wanted sources that hold anything, and those that were reached, over all files of a folder. A source that was never loaded
 * has no line reached. What runs from emitted code has no coverage here.
 */
export function readCoverage(
  folder: string,
  { root, wanted }: { root: string; wanted: readonly string[] },
): { lines: Lines; covered: Lines } {
  const texts = new Map(wanted.map((path) => [path, readText(join(root, path))]));
  const lines: Lines = new Map([...texts].map(([path, text]) => [path, new Set(filled(text).map(({ line }) => line))]));
  const covered: Lines = new Map();
  for (const script of scriptsIn(folder)) {
    const path = pathOf(script.url, root);
    const text = path === undefined ? undefined : texts.get(path);
    if (path === undefined || text === undefined) continue;
    covered.set(path, (covered.get(path) ?? new Set()).union(reached(text, script)));
  }
  return { lines, covered };
}

function* scriptsIn(folder: string): Generator<ScriptCoverage> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!name.endsWith('.json') || statSync(path).size > MAX_BYTES) continue;
    yield* scriptsOf(path);
  }
}

/** A test that was killed while it wrote, or wrote there itself, leaves no coverage. */
function scriptsOf(path: string): ScriptCoverage[] {
  try {
    const { result } = JSON.parse(readFileSync(path, 'utf8')) as { result: ScriptCoverage[] };
    return result.filter(
      ({ url, functions }) => typeof url === 'string' && functions.every(({ ranges }) => Array.isArray(ranges)),
    );
  } catch {
    return [];
  }
}

function pathOf(url: string, root: string): string | undefined {
  if (!url.startsWith('file://')) return undefined;
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  return path.startsWith(root + sep)
    ? path
        .slice(root.length + 1)
        .split(sep)
        .join('/')
    : undefined;
}

/** Ranges are nested; the innermost that holds a character tells whether it was reached. */
function reached(text: string, { functions }: ScriptCoverage): Set<number> {
  const counts = new Uint8Array(text.length).fill(1);
  const ranges = functions.flatMap((each) => each.ranges);
  for (const { startOffset, endOffset, count } of ranges.toSorted(
    (a, b) => b.endOffset - b.startOffset - a.endOffset + a.startOffset,
  )) {
    counts.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  return new Set(filled(text).flatMap(({ line, from, to }) => (counts.subarray(from, to).includes(1) ? [line] : [])));
}

/** Lines that hold more than white space and comment marks, with the offsets of what they hold. */
function filled(text: string): { line: number; from: number; to: number }[] {
  let at = 0;
  return text.split('\n').flatMap((content, index) => {
    const start = at;
    at += content.length + 1;
    const held = content.trim();
    if (held === '' || /^(?:\/\/|\/?\*|[{}()[\];,]+$)/.test(held)) return [];
    const from = start + content.indexOf(held);
    return [{ line: index + 1, from, to: from + held.length }];
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
