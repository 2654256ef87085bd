import type { QaFindingView, QaRunView } from '../../runtime/app/judging/qa-view.ts';

/** A test as reports tell of it. */
export interface ReportedTest {
  path: string;
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  flaky: boolean;
  finding?: QaFindingView;
}

/** All tests of a run, and the errors that are about no single one: each stands as a failed test of its own, so that no reader can miss it. */
export function reportedTests({ passed, failed, skipped, flaky, findings }: QaRunView): ReportedTest[] {
  const errors = new Set(findings.filter(({ level }) => level === 'error'));
  const unsteady = new Set(flaky);
  const told =
    (status: ReportedTest['status']) =>
    (full: string): ReportedTest => {
      const [path = '', ...rest] = full.split(' > ');
      const name = rest.join(' > ');
      const finding =
        status === 'failed' ? [...errors].find((each) => each.path === path && each.message.startsWith(`${name}:`)) : undefined;
      if (finding !== undefined) errors.delete(finding);
      return { path, name, status, flaky: unsteady.has(full), ...(finding && { finding }) };
    };
  const tests = [...passed.map(told('passed')), ...failed.map(told('failed')), ...skipped.map(told('skipped'))];
  const others = [...errors].map((finding): ReportedTest => ({
    path: finding.path ?? 'product',
    name: finding.code,
    status: 'failed',
    flaky: false,
    finding,
  }));
  return [...tests, ...others];
}
