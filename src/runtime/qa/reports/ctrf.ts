import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { placeOfFailure, portable } from '../runners/stack.ts';
import type { TestCase } from '../test-runner.ts';
import { textMember } from '../text-member.ts';
import { byFile, productPath, type ReadReport, type ReportPlace } from './report-content.ts';

/** Common Test Report Format: https://ctrf.io/docs/specification/overview. */
export const readCtrf: ReadReport = (text, place) => {
  const report = JSON.parse(text) as JsonValue;
  const results = isJsonObject(report) && isJsonObject(report.results) ? report.results : undefined;
  if (results === undefined || !Array.isArray(results.tests)) throw new Error('It has no `results.tests`.');
  const tests = results.tests.filter(isJsonObject);
  const summary = isJsonObject(results.summary) ? results.summary : {};
  const failed = tests.filter(({ status }) => status === 'failed').length;
  if (summary['tests'] !== tests.length || summary['failed'] !== failed) throw new Error('Its summary does not fit its tests.');
  return { files: byFile(tests.map((test) => caseOf(test, place))), lines: new Map(), covered: new Map(), findings: [] };
};

const STATUS: Record<string, TestCase['status']> = { passed: 'passed', failed: 'failed' };

function caseOf(test: JsonObject, place: ReportPlace): { path: string; found: TestCase; flaky: boolean } {
  const path = (typeof test['filePath'] === 'string' && productPath(test['filePath'], place)) || place.name;
  const suites = [test['suite']].flat().map((part) => textMember(part));
  const name = [...suites.filter((part) => part !== '' && part !== path), textMember(test['name'])].join(' > ');
  const status = STATUS[textMember(test['status'])] ?? 'skipped';
  const line = typeof test['line'] === 'number' ? { line: test['line'] } : {};
  const flaky = test['flaky'] === true && status === 'passed';
  if (status !== 'failed') return { path, flaky, found: { name, status, ...line } };
  const words = [test['message'], test['trace']].filter((part) => typeof part === 'string');
  const message = portable([...new Set(words)].join('\n'), place.root).slice(0, 4000);
  return { path, flaky, found: { name, status, message, ...line, ...placeOfFailure(message, path) } };
}
