import type { CheckResult, Finding } from './report.ts';

/** What a project asks for beyond its tests. Shares are 0..1. */
export interface QaPolicy {
  /** Least share of lines that tests must reach. */
  coverage?: number;
  /** Least share of mutants that tests must notice. */
  mutation?: number;
  /** Most tests that may be flaky, or skipped. */
  flaky?: number;
  skipped?: number;
  /** What findings count as, by code. */
  levels?: Readonly<Record<string, 'error' | 'note' | 'off'>>;
}

/** Findings that nobody can wish away: without them a pass would say nothing. */
const FIXED = new Set([
  'QA_TEST_FAILED',
  'QA_HELD_OUT',
  'QA_NO_TESTS',
  'QA_TAMPERED',
  'QA_RUNNER_CRASHED',
  'QA_KILLED',
  'QA_REPORT_MISSING',
  'QA_TOOL_MISSING',
]);

/** The result under a policy; what is said of the policy's own file stands. Pure. */
export function applyPolicy(result: CheckResult, policy: QaPolicy): CheckResult {
  const { levels = {} } = policy;
  const levelled = result.findings.flatMap((finding): Finding[] => {
    const fixed = FIXED.has(finding.code) || finding.path?.endsWith('.agentnexus.yaml') === true;
    const level = fixed || !Object.hasOwn(levels, finding.code) ? undefined : levels[finding.code];
    return level === undefined ? [finding] : level === 'off' ? [] : [{ ...finding, level }];
  });
  const findings = [...levelled, ...short(result, policy)];
  return { ...result, findings, result: findings.some(({ level }) => level !== 'note') ? 'fail' : 'pass' };
}

function short({ coverage, tests, flaky = [] }: CheckResult, policy: QaPolicy): Finding[] {
  const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;
  return [
    ...(policy.coverage !== undefined && tests.total > 0 && coverage < policy.coverage
      ? [
          {
            code: 'QA_COVERAGE_LOW',
            message: `Tests reach ${percent(coverage)} of the lines; ${percent(policy.coverage)} are asked for.`,
          },
        ]
      : []),
    ...(policy.flaky !== undefined && flaky.length > policy.flaky
      ? [{ code: 'QA_FLAKY', message: `${flaky.length} tests are flaky; ${policy.flaky} may be.` }]
      : []),
    ...(policy.skipped !== undefined && tests.skipped > policy.skipped
      ? [{ code: 'QA_TEST_SKIPPED', message: `${tests.skipped} tests are skipped; ${policy.skipped} may be.` }]
      : []),
  ];
}
