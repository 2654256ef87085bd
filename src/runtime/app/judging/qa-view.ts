import type { Counterexample } from '../../qa/counterexample.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Statement } from '../../vault/statement.ts';

export interface QaFindingView {
  code: string;
  level: 'error' | 'note';
  path: string | null;
  line: number | null;
  message: string;
  /** Further files that may be at fault. */
  related: string[];
  /** The input that shows it, and how to find it again. */
  counterexample: Counterexample | null;
}

export interface QaRunView {
  kind: 'QaRun';
  /** Its folder. */
  project: string;
  result: 'pass' | 'fail';
  verdict: 'pass' | 'flaky' | 'repair' | 'reject';
  /** What whoever tries again needs to know; empty after a pass. */
  brief: string;
  tests: { total: number; passed: number; failed: number; skipped: number };
  /** Tests as `PATH > NAME`. */
  passed: string[];
  failed: string[];
  skipped: string[];
  flaky: string[];
  coverage: number;
  files: { path: string; coverage: number }[];
  findings: QaFindingView[];
  /** The tools that judged, with their versions. */
  tools: Record<string, string>;
  /** What the tests ran in: `srt`, or `none` and why. */
  sandbox: { name: string; why: string | null };
  /** What is in the folder and was not judged: links, names that no product can have. */
  omitted: string[];
  /** The same as an in-toto statement about the files, not signed; if asked for. */
  statement?: Statement;
  /** All mutants, as Stryker reports them; if asked for. */
  mutationReport?: JsonObject;
}
