import type { Artifact, Tree } from '../vault/artifact.ts';
import type { Counterexample } from './counterexample.ts';

/**
 * How far a check looks. `unit`: the tests among its artifacts are run. `package`: besides, the whole tree is compiled and its documents are held
 * against their official schemas. `product`: all of the tree is judged by the test tools that its projects are found to use, in whatever language.
 */
export type CheckScope = 'unit' | 'package' | 'product';

/** One task's outputs to be judged, on the merged tree. */
export interface Check {
  /** Id of the verification task. */
  task: string;
  scope: CheckScope;
  artifacts: readonly Artifact[];
}

/** Checks that share one merged tree and one run of each tool. */
export interface QaRequest {
  checks: readonly Check[];
  tree: Tree;
  /** Of whole products: the test files that are run, and no others. */
  only?: ReadonlySet<string>;
}

export interface Finding {
  /** `QA_TEST_FAILED`, `QA_NO_TESTS`, `QA_RUNNER_CRASHED`, `QA_COMPILE`, `QA_DOCUMENT` … */
  code: string;
  /** `error` if left out. A `note` is shown and recorded, and decides nothing. */
  level?: 'error' | 'note';
  /** Path in the product, if the finding is about one file. */
  path?: string;
  line?: number;
  /** What a developer needs to repair it; also the brief of the next attempt. */
  message: string;
  /** Further paths in the product that may be at fault: those of the stack trace, the nearest to the failure first. */
  related?: readonly string[];
  /** The input that shows it. */
  counterexample?: Counterexample;
}

/** The judgement on one check. `fail` has at least one finding that is an error. A product of documents alone passes without a test. */
export interface CheckResult {
  task: string;
  /** Name of the suite in ValidationReport: `jest`, `package`, `product`. */
  suite: string;
  result: 'pass' | 'fail';
  tests: { total: number; passed: number; failed: number; skipped: number };
  passed: string[];
  failed: string[];
  /** Named only for whole products. */
  skipped?: readonly string[];
  /** Tests that failed, and passed when their file was run again alone. They are among `passed` too. */
  flaky?: readonly string[];
  /** Lines covered, 0..1, over the code artifacts of the check. */
  coverage: number;
  /** Coverage by path, 0..1. */
  coverageByPath: ReadonlyMap<string, number>;
  findings: Finding[];
  /** The tools that judged, for the statement's configuration: name → version. */
  tools: Readonly<Record<string, string>>;
  /** Name of the walls that the tests ran in; undefined where they ran in none. */
  sandbox?: string;
}
