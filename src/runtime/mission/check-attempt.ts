import { timestamp } from '../../base/clock.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import { ASSEMBLE, SCAFFOLD, WORK } from '../../spec/graph/task.ts';
import type { Task } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import { ImportGraph } from '../qa/import-graph.ts';
import type { CheckResult, CheckScope, Finding } from '../qa/report.ts';
import { verdictOf } from '../qa/verdict.ts';
import { mergeTrees, type Tree, treeDigest } from '../vault/artifact.ts';
import { conclude, type Judgement, qaJudged } from './judgement.ts';
import { recordMerges, recordTests } from './evidence.ts';
import type { NamedResult } from './product-suites.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import { wallsAround } from './walls-around.ts';
import { weakeningOf } from './weakening-of.ts';
import { benchOf, type Workbench } from './workbench.ts';

/** A batch of checks on one merged tree: one run of each tool, a verdict, a signed statement and reports for each. */
export async function runChecks(attempts: readonly Attempt[], bench: Workbench, signal: AbortSignal): Promise<AttemptResult[]> {
  const weakened = new Map<string, readonly Finding[]>();
  for (const attempt of attempts.filter(({ task }) => scopeOf(task) === 'product')) {
    weakened.set(attempt.task.id, await weakeningOf(attempt, bench.store));
  }
  const testable = attempts.filter((attempt) => isTestable(attempt) || (weakened.get(attempt.task.id) ?? []).length > 0);
  const results = testable.length === 0 ? new Map<string, CheckResult>() : await judgeAll(testable, bench, signal);
  return Promise.all(
    attempts.map(async (attempt) => {
      const own = benchOf(bench, attempt);
      if (!testable.includes(attempt)) return nothingToTest(attempt, own);
      const tested = results.get(attempt.task.id);
      if (tested === undefined) return { outcome: 'failed', reason: 'The QA engine gave no answer.', evidence: [] };
      const further = await furtherResults(attempt, tested, { bench: own, signal });
      return settle(attempt, { tested, weakened: weakened.get(attempt.task.id) ?? [], further }, own);
    }),
  );
}

/** Whether tests could say anything: of what was changed, or of what is left after something was taken away. */
function isTestable(attempt: Attempt): boolean {
  const concerned = [
    ...judged(attempt),
    ...(scopeOf(attempt.task) === 'product' ? (attempt.base?.goneFrom(attempt.tree()) ?? []) : []),
  ];
  return concerned.some(({ type }) => type !== 'analysis');
}

async function judgeAll(
  attempts: readonly Attempt[],
  bench: Workbench,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CheckResult>> {
  const tree = mergeTrees(attempts.map((attempt) => attempt.tree()));
  const checks = attempts.map((attempt) => ({ task: attempt.task.id, scope: scopeOf(attempt.task), artifacts: judged(attempt) }));
  const walls = await wallsAround(attempts, tree, bench);
  const results = await bench.qa.run({ checks, tree }, { signal, ...(walls && { walls }) });
  const sandbox = walls && { sandbox: walls.sandbox.name };
  return new Map(results.map((result) => [result.task, { ...result, ...sandbox }]));
}

/** Where a product passes its own tests, what else it is judged by. */
async function furtherResults(
  attempt: Attempt,
  tested: CheckResult,
  { bench, signal }: { bench: Workbench; signal: AbortSignal },
): Promise<NamedResult[]> {
  const setting = bench.qaOf?.(attempt.mission);
  if (setting === undefined || scopeOf(attempt.task) !== 'product' || tested.result === 'fail') return [];
  const { runProductSuites } = await import('./product-suites.ts');
  return runProductSuites(attempt, { bench, signal, setting });
}

/** Of what is only read, and of nothing, no test can say anything: the gate asks for none. */
async function nothingToTest(attempt: Attempt, bench: Workbench): Promise<AttemptResult> {
  const evidence = await mergesOf(attempt, bench, timestamp(bench.clock));
  return { outcome: 'succeeded', tree: [], output: outputOf(attempt.task, judged(attempt)), evidence };
}

/** The check of the whole answers for what was put together of the work of several tasks. */
async function mergesOf(attempt: Attempt, notary: Workbench, finishedAt: string): Promise<EntryDraft[]> {
  return scopeOf(attempt.task) === 'product' ? recordMerges(attempt, { notary, finishedAt }) : [];
}

async function settle(attempt: Attempt, judgement: Judgement, bench: Workbench): Promise<AttemptResult> {
  const isWhole = scopeOf(attempt.task) === 'product';
  // What the compiler makes of a contract has tests of its own; what is asked of a product is asked of the whole.
  const check = isWhole ? conclude(judgement, bench.qaOf?.(attempt.mission)?.policy) : judgement.tested;
  const subjects = judged(attempt);
  const at = timestamp(bench.clock);
  const evidence = [
    ...(await mergesOf(attempt, bench, at)),
    ...(await recordTests(attempt, check, { subjects, notary: bench, at })),
    ...(isWhole ? [qaJudged(attempt, judgement, check)] : []),
  ];
  const { verdict, brief } = verdictOf(check);
  if (verdict === 'repair' || verdict === 'reject') {
    return { outcome: 'failed', reason: brief, evidence, faulty: isWhole ? faultyFiles(attempt, judgement, bench) : [] };
  }
  return { outcome: 'succeeded', tree: [], output: outputOf(attempt.task, subjects), evidence };
}

/**
 * The files that the findings are about, and all that those load: a test that fails says where it failed, seldom why. Of what was weakened, just that. Where no
 * file is named, what the last task left: it could have done what is missing.
 */
function faultyFiles(attempt: Attempt, { tested, weakened, further }: Judgement, { store }: Workbench): string[] {
  const found = [...tested.findings, ...further.flatMap(({ result }) => result.findings.filter(({ level }) => level !== 'note'))];
  const named = found.flatMap(({ path, related = [] }) => [...(path === undefined ? [] : [path]), ...related]);
  const touched = weakened.flatMap(({ path, level }) => (path === undefined || level === 'note' ? [] : [path]));
  const failing = named.length === 0 ? [] : new ImportGraph((digest) => store.get(digest)).closure(attempt.tree(), named);
  if (named.length + touched.length > 0) return [...new Set([...failing, ...touched])];
  const last = [...attempt.needs.values()].findLast((tree) => tree.length > 0) ?? [];
  return last.map(({ path }) => path);
}

/** What dependents see of a check that passed: on what. How long it took or what it covered makes no dependent run again. */
function outputOf(task: Task, subjects: Tree): Digest {
  return digestOf({ passed: task.id, subjects: treeDigest(subjects) });
}

/**
 * The artifacts a verification answers for: those of the task it verifies; with the package as a whole the scaffold too; and with the work that
 * the source lists, all that it has left, where of two versions of a file the later task's stands.
 */
function judged({ task, needs, tree, base }: Attempt): Tree {
  const verified = verifies(task);
  const scope = scopeOf(task);
  const ids =
    scope === 'product'
      ? [...needs.keys()].filter((id) => id !== ASSEMBLE)
      : [verified, ...(scope === 'package' ? [SCAFFOLD] : [])];
  const left = mergeTrees(ids.map((id) => needs.get(id) ?? []));
  if (scope !== 'product') return left;
  const whole = tree();
  return asTheyStand(left, base === undefined ? whole : base.changedIn(whole));
}

/** The files as they are in the tree of all: some may have been merged with what others did to them, or be gone. */
function asTheyStand(files: Tree, tree: Tree): Tree {
  const paths = new Set(files.map(({ path }) => path));
  return tree.filter(({ path }) => paths.has(path));
}

function scopeOf(task: Task): CheckScope {
  const verified = verifies(task);
  return verified === ASSEMBLE ? 'package' : verified === WORK ? 'product' : 'unit';
}

function verifies({ fragment }: Task): string {
  return isJsonObject(fragment) && typeof fragment['verifies'] === 'string' ? fragment['verifies'] : '';
}
