import { describe, expect, it } from 'vitest';

import type { CheckResult, Finding } from '../../../src/runtime/qa/report.ts';
import { verdictOf } from '../../../src/runtime/qa/verdict.ts';

function failed(...findings: Finding[]): CheckResult {
  return {
    task: 'verify.order',
    suite: 'jest',
    result: findings.length === 0 ? 'pass' : 'fail',
    tests: { total: 3, passed: 2, failed: 1, skipped: 0 },
    passed: [],
    failed: [],
    coverage: 1,
    coverageByPath: new Map(),
    findings,
    tools: {},
  };
}

describe('verdictOf', () => {
  it('asks for nothing after a pass', () => {
    expect(verdictOf(failed())).toEqual({ verdict: 'pass', brief: '' });
  });

  it('briefs the next attempt, file by file', () => {
    const { verdict, brief } = verdictOf(
      failed(
        { code: 'QA_TEST_FAILED', path: 'test/b.test.ts', line: 9, message: 'adds: Expected: 3\nReceived: 0' },
        { code: 'QA_COMPILE', path: 'src/a.ts', line: 1, message: 'TS2322: wrong type' },
        { code: 'QA_NO_TESTS', message: 'Not one test was executed.' },
      ),
    );
    expect(verdict).toBe('repair');
    expect(brief.split('\n')).toEqual([
      'The last attempt was judged and not accepted: 2 of 3 tests passed.',
      'Repair what is listed here and leave the rest as it is. Do not skip, weaken or remove a test.',
      '',
      '- QA_NO_TESTS: Not one test was executed.',
      '- QA_COMPILE src/a.ts:1: TS2322: wrong type',
      '- QA_TEST_FAILED test/b.test.ts:9: adds: Expected: 3',
      '  Received: 0',
    ]);
  });

  it('stays short, and says how much it leaves out', () => {
    const { brief } = verdictOf(
      failed(...Array.from({ length: 50 }, (_, line) => ({ code: 'QA_COMPILE', path: 'a.ts', line, message: 'x' }))),
    );
    expect(brief).toMatch(/and 30 more findings of the same run\.$/);
  });

  it('says what is flaky, and takes no note for a fault', () => {
    const note: Finding = { code: 'QA_FLAKY', level: 'note', path: 'a.test.ts', message: 'adds: …' };
    const result: CheckResult = { ...failed(note), result: 'pass', flaky: ['a.test.ts > adds'] };
    expect(verdictOf(result)).toEqual({ verdict: 'flaky', brief: expect.stringMatching(/again alone:\n- a\.test\.ts > adds$/) });
    const both = failed(note, { code: 'QA_TEST_FAILED', path: 'b.test.ts', message: 'wrong', related: ['b.ts', 'c.ts'] });
    expect(verdictOf(both).brief).not.toContain('QA_FLAKY');
    expect(verdictOf(both).brief).toContain('- QA_TEST_FAILED b.test.ts: wrong (see also b.ts, c.ts)');
  });

  it('rejects deceit', () => {
    expect(verdictOf(failed({ code: 'QA_TAMPERED', message: 'x' })).verdict).toBe('reject');
  });
});
