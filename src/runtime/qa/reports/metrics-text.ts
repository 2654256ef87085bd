import type { CheckResult } from '../report.ts';

/**
 * A result in the text format of Prometheus (version 0.0.4), as gauges: a run is over when it is told. Labels have few values, none of which is of one run.
 * `now`: seconds since the epoch.
 */
export function metricsText({ tests, findings, coverage, result, flaky = [], coverageByPath }: CheckResult, now: number): string {
  const codes = Map.groupBy(findings, ({ code, level = 'error' }) => `code="${code}",level="${level}"`);
  const gauges: [name: string, help: string, samples: [labels: string, value: number][]][] = [
    ['agentnexus_qa_passed', 'Whether the project passed.', [['', result === 'pass' ? 1 : 0]]],
    [
      'agentnexus_qa_tests',
      'Tests by what became of them.',
      [
        ['{status="passed"}', tests.passed],
        ['{status="failed"}', tests.failed],
        ['{status="skipped"}', tests.skipped],
        ['{status="flaky"}', flaky.length],
      ],
    ],
    ['agentnexus_qa_findings', 'Findings by code and level.', [...codes].map(([labels, found]) => [`{${labels}}`, found.length])],
    ['agentnexus_qa_coverage_ratio', 'Share of lines that tests reached.', coverageByPath.size === 0 ? [] : [['', coverage]]],
    ['agentnexus_qa_run_timestamp_seconds', 'When the run ended.', [['', now]]],
  ];
  return gauges
    .filter(([, , samples]) => samples.length > 0)
    .map(
      ([name, help, samples]) =>
        `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${samples.map(([labels, value]) => `${name}${labels} ${value}\n`).join('')}`,
    )
    .join('');
}
