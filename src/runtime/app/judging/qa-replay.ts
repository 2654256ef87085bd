import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { Counterexample } from '../../qa/counterexample.ts';
import type { Handler } from '../operations.ts';
import { qaRun } from './qa-run.ts';
import type { QaRunView } from './qa-view.ts';

/** Tries again the inputs that a report says have broken something. Throws `NOT_FOUND`, `USAGE`. */
export const qaReplay: Handler<'qa.replay'> = async ({ report, dir, url, remote = false }, context) => {
  const document = readReport(resolve(context.cwd, report));
  const found = counterexamplesIn(document);
  const [first] = found;
  if (first === undefined)
    throw new NexusError('NOT_FOUND', `${report} has no counterexample.`, { hint: 'Give what `qa run --json` printed.' });
  const folder = dir ?? (typeof document['project'] === 'string' ? document['project'] : '.');
  const views: QaRunView[] = [];
  for (const replay of found) {
    views.push(await qaRun({ dir: folder, suite: replay.suite, replay, remote, ...(url !== undefined && { url }) }, context));
  }
  return views.reduce(joined);
};

function readReport(path: string): JsonObject {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
    if (isJsonObject(value) && value['kind'] === 'QaRun') return value;
  } catch (error) {
    throw new NexusError('NOT_FOUND', `The report ${path} cannot be read: ${messageOf(error)}`, {
      hint: 'Give what `qa run --json` printed.',
    });
  }
  throw new NexusError('USAGE', `${path} is no report of \`qa run\`.`, { hint: 'Give what `qa run --json` printed.' });
}

function counterexamplesIn({ findings }: JsonObject): Counterexample[] {
  const all = Array.isArray(findings) ? findings.filter(isJsonObject).map((finding) => finding['counterexample']) : [];
  return all.flatMap((each) => (isCounterexample(each) ? [each] : []));
}

function isCounterexample(value: unknown): value is Counterexample {
  if (!isJsonObject(value)) return false;
  const { suite, property, seed, path } = value;
  return (
    (suite === 'contracts' || suite === 'api') &&
    typeof property === 'string' &&
    Number.isInteger(seed) &&
    typeof path === 'string' &&
    /^[\d:]*$/.test(path)
  );
}

function joined(a: QaRunView, b: QaRunView): QaRunView {
  return {
    ...a,
    result: a.result === 'fail' || b.result === 'fail' ? 'fail' : 'pass',
    verdict: a.result === 'fail' ? a.verdict : b.verdict,
    brief: [a.brief, b.brief].filter((each) => each !== '').join('\n'),
    tests: {
      ...a.tests,
      total: a.tests.total + b.tests.total,
      passed: a.tests.passed + b.tests.passed,
      failed: a.tests.failed + b.tests.failed,
    },
    passed: [...a.passed, ...b.passed],
    failed: [...a.failed, ...b.failed],
    findings: [...a.findings, ...b.findings],
  };
}
