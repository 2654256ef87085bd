import { isTestPath, isSettings } from '../weakening/test-paths.ts';
import { addedLines, changedPaths, type Trees } from '../weakening/trees.ts';

/** Lines of a file, from and to. */
export interface LineRange {
  path: string;
  from: number;
  to: number;
}

/** Code of JavaScript and TypeScript that a change has put there: no tests, no settings. */
export function isMutable(path: string): boolean {
  return /(?<!\.d)\.[cm]?[jt]sx?$/.test(path) && !isTestPath(path) && !isSettings(path);
}

/** Lines that a change has put there, in runs. */
export function changedRanges(trees: Trees): LineRange[] {
  return changedPaths(trees).flatMap((path) => {
    const after = trees.after.get(path);
    if (after === undefined || !isMutable(path)) return [];
    const ranges: LineRange[] = [];
    for (const { line, text } of addedLines(trees.before.get(path), after)) {
      if (text.trim() === '') continue;
      const last = ranges.at(-1);
      if (last !== undefined && last.to === line - 1) last.to = line;
      else ranges.push({ path, from: line, to: line });
    }
    return ranges;
  });
}
