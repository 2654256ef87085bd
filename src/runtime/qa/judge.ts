import { compareText } from '../../base/text.ts';
import type { TestOutcome } from './run-tests.ts';
import type { Check, CheckResult, Finding } from './report.ts';
import type { FileState, TestFile } from './test-runner.ts';

/** Findings of one check; what is over is counted, not listed. */
const MAX_FINDINGS = 100;

const CODES = {
  empty: 'QA_NO_TESTS',
  unloadable: 'QA_TEST_FAILED',
  crashed: 'QA_RUNNER_CRASHED',
  killed: 'QA_KILLED',
  hung: 'QA_TIMEOUT',
  unreported: 'QA_REPORT_MISSING',
  forged: 'QA_TAMPERED',
  unselected: 'QA_NO_TESTS',
} as const satisfies Record<Exclude<FileState, 'ran'>, string>;

export interface Judgement {
  suite: string;
  tools: Readonly<Record<string, string>>;
  /** Test files that belong to the check. */
  tests: readonly string[];
  /** Faults found before any test ran. With one of them the tests were not run. */
  faults: readonly Finding[];
  outcome: TestOutcome;
}

/** Puts together what is known about one check. */
export function judge(
  check: Pick<Check, 'task' | 'artifacts'>,
  { suite, tools, tests, faults, outcome }: Judgement,
): CheckResult {
  const files = tests.flatMap((path) => outcome.files.get(path) ?? []);
  const cases = files.flatMap(({ path, cases: found }) => found.map((each) => ({ ...each, name: `${path} > ${each.name}` })));
  const named = (status: string) => cases.filter((each) => each.status === status).map(({ name }) => name);
  const [passed, failed] = [named('passed'), named('failed')];
  const findings = faults.length > 0 ? [...faults] : testFindings(files, passed.length + failed.length);
  const coverageByPath = coverageOf(check, files, outcome);
  return {
    task: check.task,
    suite,
    result: findings.length === 0 ? 'pass' : 'fail',
    tests: {
      total: cases.length,
      passed: passed.length,
      failed: failed.length,
      skipped: cases.length - passed.length - failed.length,
    },
    passed,
    failed,
    coverage: files.some(({ state }) => state === 'ran') ? overall(coverageByPath, outcome) : 0,
    coverageByPath,
    findings: capped(findings),
    tools,
  };
}

/** What is wrong with test files. `executed`: tests that ran, of which there must be one; undefined where that is not asked for. */
export function testFindings(files: readonly TestFile[], executed: number | undefined): Finding[] {
  const findings = files.flatMap((file) => fileFindings(file));
  if (findings.length === 0 && executed === 0) {
    return [{ code: 'QA_NO_TESTS', message: 'Not one test was executed. Skipped tests and todos do not count.' }];
  }
  return findings;
}

/** A file whose tests are all skipped is a finding even if its neighbours have some that ran: it proves nothing of what it was written for. */
function fileFindings(file: TestFile): Finding[] {
  const { path, state, cases, message = state } = file;
  if (state !== 'ran') return [{ code: CODES[state], path, ...placeOf(file), message: tidy(message) }];
  if (!cases.some(({ status }) => status !== 'skipped')) {
    return [{ code: 'QA_NO_TESTS', path, message: 'No test of this file was executed. Skipped tests and todos do not count.' }];
  }
  return cases
    .filter(({ status }) => status === 'failed')
    .map(({ name, message: reason = 'failed', ...place }) => ({
      code: 'QA_TEST_FAILED',
      path,
      ...placeOf(place),
      message: `${name}: ${tidy(reason)}`,
    }));
}

function placeOf({ line, related = [] }: Pick<TestFile, 'line' | 'related'>): Pick<Finding, 'line' | 'related'> {
  return { ...(line !== undefined && { line }), ...(related.length > 0 && { related }) };
}

/** Without colours, without the frames of the test tool, and not endless. */
function tidy(message: string): string {
  // oxlint-disable-next-line no-control-regex -- ANSI colours begin with an escape
  const plain = message.replace(/\u001b\[[\d;]*m/g, '');
  const lines = plain.split('\n').filter((line) => !/^\s+at .*(?:node_modules\b|\bnode:|<anonymous>\))/.test(line));
  return lines.join('\n').trim().slice(0, 2000);
}

/** Share of the lines of each code artifact that the check's own tests reached. Files without a single statement have no coverage. */
export function coverageOf(
  check: Pick<Check, 'artifacts'>,
  files: readonly TestFile[],
  { lines, covered: shared }: TestOutcome,
): Map<string, number> {
  const coverage = new Map<string, number>();
  for (const path of check.artifacts
    .filter(({ type }) => type === 'code')
    .map((artifact) => artifact.path)
    .sort(compareText)) {
    const all = lines.get(path);
    if (all === undefined || all.size === 0) continue;
    const reached = new Set([...(shared.get(path) ?? []), ...files.flatMap(({ covered }) => [...(covered.get(path) ?? [])])]);
    coverage.set(path, reached.intersection(all).size / all.size);
  }
  return coverage;
}

/** Weighted by lines; 1 where there is no line that could be reached. */
export function overall(coverageByPath: ReadonlyMap<string, number>, { lines }: TestOutcome): number {
  const weights = [...coverageByPath].map(([path, share]) => ({ share, weight: lines.get(path)?.size ?? 0 }));
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 1 : weights.reduce((sum, { share, weight }) => sum + share * weight, 0) / total;
}

export function capped(findings: Finding[]): Finding[] {
  const rest = findings.length - MAX_FINDINGS;
  const next = findings[MAX_FINDINGS];
  if (next === undefined) return findings;
  return [...findings.slice(0, MAX_FINDINGS), { ...levelOf(next), code: next.code, message: `… and ${rest} more findings.` }];
}

function levelOf({ level }: Finding): Pick<Finding, 'level'> {
  return level === undefined ? {} : { level };
}
