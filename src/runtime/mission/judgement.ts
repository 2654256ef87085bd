import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Entry, EntryDraft } from '../log/entry.ts';
import { applyPolicy, type QaPolicy } from '../qa/policy.ts';
import type { CheckResult, Finding } from '../qa/report.ts';
import { joined, type Measured } from '../qa/suite-result.ts';
import { verdictOf } from '../qa/verdict.ts';
import type { NamedResult } from './product-suites.ts';
import type { Attempt } from './runner.ts';

/** All that was said of a product. */
export interface Judgement {
  /** By its own tests. */
  tested: CheckResult;
  /** Where they say less than those of the commit that the mission started from. */
  weakened: readonly Finding[];
  /** By other suites. */
  further: readonly NamedResult[];
}

/** What follows from all of it, under what the user asks for. */
export function conclude({ tested, weakened, further }: Judgement, policy: QaPolicy = {}): CheckResult {
  const whole = further.reduce((sum, { result }) => joined(sum, result), tested);
  return applyPolicy({ ...whole, findings: [...whole.findings, ...weakened] }, policy);
}

/** The QA engine has judged a product: what each suite said, in the log for people and reports. Decides nothing. */
const QA_JUDGED = 'qa.judged';

/** What is on record of a judgement. */
export interface QaRecord {
  attempt: number;
  verdict: ReturnType<typeof verdictOf>['verdict'];
  tests: CheckResult['tests'];
  /** Lines covered, 0..1. */
  coverage: number;
  suites: { name: string; passed: number; failed: number; errors: number; notes: number }[];
  flaky: string[];
  findings: { code: string; level: 'error' | 'note'; path: string | null; line: number | null; message: string }[];
  /** How many there were; the first are named. */
  found: number;
  mutants: { made: number; run: number; noticed: number } | null;
  rejections: { schema: string; share: number }[];
  tools: Record<string, string>;
}

const MOST = { findings: 50, flaky: 50, rejections: 100, message: 400 };

export function qaJudged({ mission, task, number }: Attempt, judgement: Judgement, check: CheckResult): EntryDraft {
  return { kind: QA_JUDGED, mission, task: task.id, data: { ...recordOf(number, judgement, check) } };
}

function recordOf(attempt: number, { tested, weakened, further }: Judgement, check: CheckResult): QaRecord {
  const measured = further.map(({ result }) => result.measured ?? {});
  return {
    attempt,
    verdict: verdictOf(check).verdict,
    tests: check.tests,
    coverage: check.coverage,
    suites: [
      suiteOf('tests', tested),
      ...(weakened.length === 0 ? [] : [suiteOf('weakening', { passed: [], failed: [], findings: weakened })]),
      ...further.map(({ name, result }) => suiteOf(name, result)),
    ],
    flaky: (check.flaky ?? []).slice(0, MOST.flaky),
    findings: check.findings.slice(0, MOST.findings).map(({ code, level = 'error', path = null, line = null, message }) => ({
      code,
      level,
      path,
      line,
      message: message.length > MOST.message ? `${message.slice(0, MOST.message)}…` : message,
    })),
    found: check.findings.length,
    mutants: measured.reduce<Measured['mutants']>((last, { mutants }) => mutants ?? last, undefined) ?? null,
    rejections: measured.flatMap(({ rejections = [] }) => rejections).slice(0, MOST.rejections),
    tools: { ...check.tools },
  };
}

interface Said {
  passed: readonly string[];
  failed: readonly string[];
  findings: readonly Finding[];
}

function suiteOf(name: string, { passed, failed, findings }: Said): QaRecord['suites'][number] {
  const notes = findings.filter(({ level }) => level === 'note').length;
  return { name, passed: passed.length, failed: failed.length, errors: findings.length - notes, notes };
}

/** Undefined for an entry of another kind, or one that a version wrote which we do not know. */
export function readQaRecord({ kind, data }: Entry): QaRecord | undefined {
  return kind === QA_JUDGED && isRecord(data) ? data : undefined;
}

function isRecord(data: JsonObject): data is JsonObject & QaRecord {
  const { attempt, verdict, tests, suites, flaky, findings, rejections, tools, coverage, found } = data;
  return (
    [attempt, coverage, found].every((value) => typeof value === 'number') &&
    typeof verdict === 'string' &&
    isJsonObject(tests) &&
    isJsonObject(tools) &&
    [suites, flaky, findings, rejections].every(Array.isArray)
  );
}
