import { describe, expect, it } from 'vitest';

import { applyPolicy } from '../../../src/runtime/qa/policy.ts';
import type { CheckResult, Finding } from '../../../src/runtime/qa/report.ts';

function resultOf(findings: Finding[], more: Partial<CheckResult> = {}): CheckResult {
  const tests = { total: 2, passed: 2, failed: 0, skipped: 0 };
  return {
    task: 'qa',
    suite: 'product',
    result: 'pass',
    tests,
    passed: ['a', 'b'],
    failed: [],
    coverage: 0.5,
    coverageByPath: new Map(),
    findings,
    tools: {},
    ...more,
  };
}

const snapshot: Finding = { code: 'QA_SNAPSHOT_EDITED', message: 'x' };

describe('applyPolicy', () => {
  it('changes nothing without a policy', () => {
    expect(applyPolicy(resultOf([]), {})).toEqual(resultOf([]));
    expect(applyPolicy(resultOf([snapshot]), {}).result).toBe('fail');
  });

  it('puts findings at their levels, but not those without which a pass would say nothing', () => {
    expect(applyPolicy(resultOf([snapshot]), { levels: { QA_SNAPSHOT_EDITED: 'note' } }).result).toBe('pass');
    expect(applyPolicy(resultOf([snapshot]), { levels: { QA_SNAPSHOT_EDITED: 'off' } }).findings).toEqual([]);
    expect(applyPolicy(resultOf([{ ...snapshot, level: 'note' }]), { levels: { QA_SNAPSHOT_EDITED: 'error' } }).result).toBe(
      'fail',
    );
    expect(applyPolicy(resultOf([{ code: 'QA_TEST_FAILED', message: 'x' }]), { levels: { QA_TEST_FAILED: 'off' } }).result).toBe(
      'fail',
    );
    const own: Finding = { code: 'QA_EXIT_FORCED', path: '.agentnexus.yaml', message: 'x' };
    expect(applyPolicy(resultOf([own]), { levels: { QA_EXIT_FORCED: 'off' } }).result).toBe('fail');
  });

  it('asks for coverage, and for few flaky and skipped tests', () => {
    expect(applyPolicy(resultOf([]), { coverage: 0.5 }).result).toBe('pass');
    expect(applyPolicy(resultOf([]), { coverage: 0.51 }).findings).toMatchObject([{ code: 'QA_COVERAGE_LOW' }]);
    expect(applyPolicy(resultOf([], { flaky: ['a'] }), { flaky: 0 }).findings).toMatchObject([{ code: 'QA_FLAKY' }]);
    const skipped = { total: 3, passed: 2, failed: 0, skipped: 1 };
    expect(applyPolicy(resultOf([], { tests: skipped }), { skipped: 1 }).result).toBe('pass');
    expect(applyPolicy(resultOf([], { tests: skipped }), { skipped: 0 }).result).toBe('fail');
  });
});
