import { relative, sep } from 'node:path';

import type { Finding } from '../report.ts';
import type { TestCase, TestFile } from '../test-runner.ts';

/** What a report file of another tool holds. */
export interface ReportContent {
  files: TestFile[];
  /** Lines that could be reached, and those that were, by path. */
  lines: ReadonlyMap<string, ReadonlySet<number>>;
  covered: ReadonlyMap<string, ReadonlySet<number>>;
  findings: Finding[];
}

/** Where paths in a report may lead. */
export interface ReportPlace {
  /** Real path of the product, which a report may name. */
  root: string;
  /** All paths of the product. */
  known: ReadonlySet<string>;
  /** Stands for a file that no report names. */
  name: string;
}

/** Reads the text of a report; throws an error with a message for people if it is none. */
export type ReadReport = (text: string, place: ReportPlace) => ReportContent;

/** The product's path behind one of a report: absolute, relative to the product, or below something that only the tool knows. */
export function productPath(path: string, { root, known }: ReportPlace): string | undefined {
  const plain = path.replace(/^file:\/\//, '').replaceAll('\\', '/');
  const inside = plain.startsWith('/') ? relative(root, plain).split(sep).join('/') : plain.replace(/^\.\//, '');
  if (known.has(inside)) return inside;
  const parts = inside.split('/');
  return parts.map((_, at) => parts.slice(at).join('/')).find((tail) => tail.includes('/') && known.has(tail));
}

/** Cases by the file they belong to, in the order of the report. */
export function byFile(cases: readonly { path: string; found: TestCase; flaky?: boolean }[]): TestFile[] {
  return [...Map.groupBy(cases, ({ path }) => path)].map(([path, group]) => {
    const flaky = group.filter((each) => each.flaky === true).map(({ found }) => found.name);
    return { path, state: 'ran', cases: group.map(({ found }) => found), ...(flaky.length > 0 && { flaky }), covered: new Map() };
  });
}
