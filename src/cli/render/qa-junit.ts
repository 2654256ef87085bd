import type { QaRunView } from '../../runtime/app/judging/qa-view.ts';
import { reportedTests, type ReportedTest } from './qa-tests.ts';

/** JUnit XML, as https://github.com/testmoapp/junitxml describes it: a suite for each file. */
export function qaJunit(view: QaRunView): string {
  const tests = reportedTests(view);
  const suites = [...Map.groupBy(tests, ({ path }) => path)].map(([path, group]) => suite(path, group));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts(tests)}>\n${suites.join('')}</testsuites>\n`;
}

function suite(path: string, tests: readonly ReportedTest[]): string {
  return `  <testsuite name="${escaped(path)}"${counts(tests)}>\n${tests.map(testCase).join('')}  </testsuite>\n`;
}

function counts(tests: readonly ReportedTest[]): string {
  const count = (status: string) => tests.filter((test) => test.status === status).length;
  return ` tests="${tests.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
}

function testCase({ path, name, status, flaky, finding }: ReportedTest): string {
  const line = typeof finding?.line === 'number' ? ` line="${finding.line}"` : '';
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(path)}" file="${escaped(path)}"${line}`;
  if (status === 'failed') {
    const text = finding?.message ?? 'failed';
    const [first = ''] = text.split('\n');
    return `${head}>\n      <failure type="${finding?.code ?? 'QA_TEST_FAILED'}" message="${escaped(first)}">${escaped(text)}</failure>\n    </testcase>\n`;
  }
  if (status === 'skipped') return `${head}>\n      <skipped/>\n    </testcase>\n`;
  const note = '<properties><property name="flaky" value="true"/></properties>';
  return flaky ? `${head}>\n      ${note}\n    </testcase>\n` : `${head}/>\n`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no control characters, not even escaped ones. */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const plain = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '�');
  return plain.replace(/[&<>"]/g, (each) => ENTITIES[each] ?? each);
}
