import type { JsonObject } from '../../base/json.ts';
import type { CheckResult, Finding } from './report.ts';

/** What a suite of ours says, which runs no test of the project: its checks by name, and what is wrong. */
export interface SuiteResult {
  passed: string[];
  failed: string[];
  findings: Finding[];
  /** Name → version. */
  tools: Readonly<Record<string, string>>;
  measured?: Measured;
  /** Of all mutants, as Stryker has left it (mutation-testing-elements). */
  mutationReport?: JsonObject;
}

/** What a suite counts besides tests. */
export interface Measured {
  /** All that were made of the changed lines, those that were run, and those that a test noticed. */
  mutants?: { made: number; run: number; noticed: number };
  /** Share of the values made by a schema that it refused, 0..1. */
  rejections?: { schema: string; share: number }[];
}

export function noResult(): SuiteResult {
  return { passed: [], failed: [], findings: [], tools: {} };
}

/** What tests said, and what a suite says besides. */
export function joined(tested: CheckResult, { passed, failed, findings, tools }: SuiteResult): CheckResult {
  const all = [...tested.findings, ...findings];
  const { total, ...counts } = tested.tests;
  return {
    ...tested,
    result: all.some(({ level }) => level !== 'note') ? 'fail' : 'pass',
    tests: {
      total: total + passed.length + failed.length,
      passed: counts.passed + passed.length,
      failed: counts.failed + failed.length,
      skipped: counts.skipped,
    },
    passed: [...tested.passed, ...passed],
    failed: [...tested.failed, ...failed],
    findings: all,
    tools: { ...tested.tools, ...tools },
  };
}
