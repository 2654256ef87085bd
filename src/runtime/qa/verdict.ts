import { compareText } from '../../base/text.ts';
import type { CheckResult, Finding } from './report.ts';

export interface Verdict {
  /**
   * `flaky`: every test passed, but some not the first time. It counts as a pass that is never told as a clean one. `repair`: try again, with the
   * brief. `reject`: trying again is no answer, a person must look.
   */
  verdict: 'pass' | 'flaky' | 'repair' | 'reject';
  /** What the next attempt is told, or after `flaky` whoever looks; empty after a pass. */
  brief: string;
}

/** Findings that speak of deceit, not of a mistake that another attempt could repair. */
const BEYOND_REPAIR = new Set(['QA_TAMPERED', 'QA_REPORT_FORGED']);

const MAX_LISTED = 20;
const MAX_BRIEF = 8000;

/** What follows from a judgement. */
export function verdictOf(result: CheckResult): Verdict {
  const { flaky = [] } = result;
  if (result.result === 'pass' && flaky.length > 0) return { verdict: 'flaky', brief: flakyBrief(flaky) };
  if (result.result === 'pass') return { verdict: 'pass', brief: '' };
  const verdict = result.findings.some(({ code }) => BEYOND_REPAIR.has(code)) ? 'reject' : 'repair';
  return { verdict, brief: briefOf(result) };
}

function briefOf({ findings, tests }: CheckResult): string {
  const errors = findings.filter(({ level }) => level !== 'note');
  const listed = errors
    .toSorted((a, b) => compareText(a.path ?? '', b.path ?? '') || (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MAX_LISTED);
  const rest = errors.length - listed.length;
  const lines = [
    `The last attempt was judged and not accepted: ${tests.passed} of ${tests.total} tests passed.`,
    'Repair what is listed here and leave the rest as it is. Do not skip, weaken or remove a test.',
    '',
    ...listed.map(findingLine),
    ...(rest > 0 ? [`- … and ${rest} more findings of the same run.`] : []),
  ];
  return lines.join('\n').slice(0, MAX_BRIEF);
}

function flakyBrief(flaky: readonly string[]): string {
  const listed = flaky.slice(0, MAX_LISTED).map((name) => `- ${name}`);
  return ['These tests failed, and passed when they were run again alone:', ...listed].join('\n').slice(0, MAX_BRIEF);
}

function findingLine({ code, path, line, message, related = [] }: Finding): string {
  const place = path === undefined ? '' : ` ${path}${line === undefined ? '' : `:${line}`}`;
  const others = related.length === 0 ? '' : ` (see also ${related.join(', ')})`;
  return `- ${code}${place}: ${message.replaceAll('\n', '\n  ')}${others}`;
}
