import { grouped } from '../../../base/text.ts';
import type { ReportJudgement, ReportSuite } from './report.ts';

/** What suites say, as a table for whoever draws it: what each is called, whether it passed, and its figures. */
export interface VerdictTable {
  /** Names of the figures. */
  figures: readonly string[];
  rows: readonly { suite: string; verdict: 'pass' | 'fail'; figures: readonly string[] }[];
}

const MOST = 100;

/** On the product as it stands. */
export function suiteVerdicts(suites: readonly ReportSuite[]): VerdictTable {
  return {
    figures: ['Passed', 'Failed', 'Lines covered', 'Lowest'],
    rows: suites.slice(0, MOST).map(({ suite, passed, failed, coverage }) => ({
      suite,
      verdict: failed === 0 ? 'pass' : 'fail',
      figures: [grouped(passed), grouped(failed), percent(coverage.mean), percent(coverage.lowest)],
    })),
  };
}

/** At one attempt. */
export function judgedSuites({ suites }: Pick<ReportJudgement, 'suites'>): VerdictTable {
  return {
    figures: ['Passed', 'Failed', 'Errors', 'Notes'],
    rows: suites.slice(0, MOST).map(({ name, passed, failed, errors, notes }) => ({
      suite: name,
      verdict: failed + errors === 0 ? 'pass' : 'fail',
      figures: [passed, failed, errors, notes].map(grouped),
    })),
  };
}

/** `93.1 %`, of a share between 0 and 1. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
}
