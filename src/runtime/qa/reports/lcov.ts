import { productPath, type ReadReport } from './report-content.ts';

/** LCOV, as `geninfo` writes it: only lines are read. What they were covered by is not told, so it belongs to no test file. */
export const readLcov: ReadReport = (text, place) => {
  const lines = new Map<string, Set<number>>();
  const covered = new Map<string, Set<number>>();
  let path: string | undefined;
  for (const row of text.split(/\r?\n/)) {
    const [, key, value = ''] = /^(SF|DA):(.*)$/.exec(row) ?? [];
    if (key === 'SF') path = productPath(value, place);
    if (key !== 'DA' || path === undefined) continue;
    const [line = Number.NaN, hits = 0] = value.split(',').map(Number);
    if (!Number.isInteger(line)) continue;
    entry(lines, path).add(line);
    if (hits > 0) entry(covered, path).add(line);
  }
  if (lines.size === 0) throw new Error('It covers no file of the product.');
  return { files: [], lines, covered, findings: [] };
};

function entry(map: Map<string, Set<number>>, path: string): Set<number> {
  const known = map.get(path) ?? new Set();
  map.set(path, known);
  return known;
}
