import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { NexusError } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { TEST_RESULT } from '../../vault/test-result.ts';
import { unverifiedStatement } from '../../vault/unverified-statement.ts';
import type { MissionFold } from './mission-fold.ts';
import type { ReportArtifact, ReportCheck, ReportStatement, ReportSuite, ReportTask } from './report.ts';

const MAX_FAILED_TESTS = 20;

/** What each suite says about the artifacts that are the product; reports on content that was replaced do not count. */
export function readSuites({ reports }: MissionFold, artifacts: readonly ReportArtifact[]): ReportSuite[] {
  const current = new Set(artifacts.map(({ artifactId }) => artifactId));
  const counted = [...reports.values()].filter(({ artifactId }) => current.has(artifactId));
  return [...Map.groupBy(counted, ({ suite }) => suite)]
    .map(([suite, own]) => {
      const coverage = own.map((report) => report.coverage);
      return {
        suite,
        passed: own.filter(({ result }) => result === 'pass').length,
        failed: own.filter(({ result }) => result === 'fail').length,
        coverage: {
          mean: coverage.reduce((sum, each) => sum + each, 0) / own.length,
          lowest: coverage.reduce((low, each) => Math.min(low, each), 1),
        },
      };
    })
    .toSorted((a, b) => compareText(a.suite, b.suite));
}

/** The tasks that judge, each with the last thing it signed. */
export function readChecks(
  tasks: readonly ReportTask[],
  { statements, suites }: MissionFold,
  store: ContentStore,
): ReportCheck[] {
  const tests = new Map(statements.filter(({ predicateType }) => predicateType === TEST_RESULT).map((each) => [each.task, each]));
  return tasks.flatMap((task): ReportCheck[] => {
    const statement = tests.get(task.id);
    if (task.kind !== 'verification' && statement === undefined) return [];
    const { id, state, reason } = task;
    return [{ task: id, state, suite: suites.get(id) ?? null, ...verdictOf(statement, store), reason }];
  });
}

type Verdict = Pick<ReportCheck, 'result' | 'passed' | 'failed' | 'failedTests' | 'statement'>;

function verdictOf(statement: ReportStatement | undefined, store: ContentStore): Verdict {
  const predicate = statement === undefined ? undefined : predicateOf(statement, store);
  const { result, passedTests, failedTests } = predicate ?? {};
  const failed = Array.isArray(failedTests) ? failedTests : null;
  return {
    result: result === 'PASSED' ? 'pass' : result === 'FAILED' ? 'fail' : null,
    passed: Array.isArray(passedTests) ? passedTests.length : null,
    failed: failed?.length ?? null,
    failedTests: (failed ?? []).slice(0, MAX_FAILED_TESTS).map((name) => String(name).slice(0, 400)),
    statement: statement?.entry ?? null,
  };
}

/** Undefined where the content has gone or is damaged: a report says so, `verify` says what of it. */
function predicateOf({ bundle }: ReportStatement, store: ContentStore): JsonObject | undefined {
  try {
    const { predicate } = unverifiedStatement(store.get(bundle));
    return isJsonObject(predicate) ? predicate : undefined;
  } catch (error) {
    if (error instanceof NexusError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
