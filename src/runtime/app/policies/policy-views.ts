import type { JsonValue } from '../../../base/json.ts';

/** What a release policy says of a mission. */
export interface PolicyEvaluationView {
  kind: 'PolicyEvaluation';
  mission: string;
  result: 'pass' | 'fail';
  /** `digest` is null where a server has it. */
  policy: { source: string; digest: string | null };
  engine: { name: string; version: string };
  /** SHA-256 of what it was asked about. */
  input: string;
  findings: { level: 'deny' | 'warn'; message: string; rule: string | null; path: string | null }[];
  /** What it was asked about, if that is wanted. */
  document?: JsonValue;
}

export interface PolicyTestView {
  kind: 'PolicyTest';
  policy: { source: string; digest: string };
  result: 'pass' | 'fail';
  passed: number;
  failed: number;
  skipped: number;
  tests: {
    name: string;
    file: string;
    row: number;
    result: 'pass' | 'fail' | 'error' | 'skip';
    message: string | null;
    printed: string[];
  }[];
}
