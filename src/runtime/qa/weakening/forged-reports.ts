import type { Finding } from '../report.ts';
import { changedPaths, type Trees } from './trees.ts';

/** By what it says, whatever it is called. */
const REPORTS: readonly (readonly [RegExp, string])[] = [
  [/^\s*(?:<\?xml[^>]*>\s*)?<testsuites?\b/, 'a JUnit report'],
  [/"reportFormat"\s*:\s*"CTRF"/, 'a CTRF report'],
  [/"numPassedTests"\s*:/, 'a Jest report'],
  [/^(?:TN:[^\n]*\n)?SF:[\s\S]*\nend_of_record/m, 'LCOV coverage'],
  [/<coverage\b[^>]*line-rate=/, 'Cobertura coverage'],
  [/"(?:lines|statements)"\s*:\s*\{\s*"total"\s*:\s*\d+\s*,\s*"covered"/, 'a coverage summary'],
  [/"statementMap"\s*:/, 'Istanbul coverage'],
  [/^mode: (?:set|count|atomic)\n/, 'a Go cover profile'],
  [/^\s*\{[\s\S]{0,400}"schemaVersion"[\s\S]{0,2000}"mutants"\s*:/, 'a mutation report'],
];

/** What tests of something that reads reports are held against is no report on this project. */
const SPECIMEN =
  /(?:^|\/)(?:__)?(?:fixtures?|testdata|test-data|samples?|examples?|resources|mocks?|golden|corpus|snapshots)(?:__)?\//i;

/** Results of tests that somebody has put into the project: a run of the tests makes them anew. */
export function findForgedReports(trees: Trees): Finding[] {
  return changedPaths(trees).flatMap((path): Finding[] => {
    const text = trees.after.get(path);
    if (text === undefined || SPECIMEN.test(path) || /\.(?:[cm]?[jt]sx?|py|go|rs|md)$/.test(path)) return [];
    const kind = REPORTS.find(([pattern]) => pattern.test(text.slice(0, 20_000)))?.[1];
    return kind === undefined
      ? []
      : [
          {
            code: 'QA_REPORT_FORGED',
            path,
            line: 1,
            message: `This is ${kind} that lies among the sources: whoever reads it reads what somebody wrote.`,
          },
        ];
  });
}
