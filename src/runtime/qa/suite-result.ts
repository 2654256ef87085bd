import type { Finding } from './report.ts';

/** What a suite of ours says, which runs no test of the project: its checks by name, and what is wrong. */
export interface SuiteResult {
  passed: string[];
  failed: string[];
  findings: Finding[];
  /** Name → version. */
  tools: Readonly<Record<string, string>>;
}

export function noResult(): SuiteResult {
  return { passed: [], failed: [], findings: [], tools: {} };
}
