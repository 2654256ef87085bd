import { timestamp } from '../../base/clock.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import { ASSEMBLE, SCAFFOLD, WORK } from '../../spec/graph/task.ts';
import type { Task } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import { ImportGraph } from '../qa/import-graph.ts';
import type { CheckResult, CheckScope } from '../qa/report.ts';
import type { Walls } from '../qa/walls.ts';
import { verdictOf } from '../qa/verdict.ts';
import { mergeTrees, type Tree, treeDigest } from '../vault/artifact.ts';
import { recordMerges, recordTests } from './evidence.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import { benchOf, type Workbench } from './workbench.ts';

/** A batch of checks on one merged tree: one run of each tool, a verdict, a signed statement and reports for each. */
export async function runChecks(attempts: readonly Attempt[], bench: Workbench, signal: AbortSignal): Promise<AttemptResult[]> {
  const testable = attempts.filter(isTestable);
  const results = testable.length === 0 ? new Map<string, CheckResult>() : await judgeAll(testable, bench, signal);
  return Promise.all(
    attempts.map(async (attempt) =>
      testable.includes(attempt)
        ? settle(attempt, results.get(attempt.task.id), benchOf(bench, attempt))
        : nothingToTest(attempt, benchOf(bench, attempt)),
    ),
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
  const walls = await wallsAround(attempts, bench);
  const results = await bench.qa.run({ checks, tree }, { signal, ...(walls && { walls }) });
  return new Map(results.map((result) => [result.task, result]));
}

/** One mission that needs walls is enough: a run is of one tree. */
async function wallsAround(attempts: readonly Attempt[], { wallsFor }: Workbench): Promise<Walls | undefined> {
  for (const mission of new Set(attempts.map((attempt) => attempt.mission))) {
    const walls = await wallsFor?.(mission);
    if (walls !== undefined) return walls;
  }
  return undefined;
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

async function settle(attempt: Attempt, check: CheckResult | undefined, bench: Workbench): Promise<AttemptResult> {
  if (check === undefined) return { outcome: 'failed', reason: 'The QA engine gave no answer.', evidence: [] };
  const subjects = judged(attempt);
  const at = timestamp(bench.clock);
  const evidence = [
    ...(await mergesOf(attempt, bench, at)),
    ...(await recordTests(attempt, check, { subjects, notary: bench, at })),
  ];
  const { verdict, brief } = verdictOf(check);
  if (verdict === 'repair' || verdict === 'reject') {
    return { outcome: 'failed', reason: brief, evidence, faulty: faultyFiles(attempt, check, bench) };
  }
  return { outcome: 'succeeded', tree: [], output: outputOf(attempt.task, subjects), evidence };
}

/**
 * The files that the findings are about, and all that those load: a test that fails says where it failed, seldom why. Where no file is named, what the
 * last task left: it could have done what is missing.
 */
function faultyFiles(attempt: Attempt, { findings }: CheckResult, { store }: Workbench): string[] {
  if (scopeOf(attempt.task) !== 'product') return [];
  const named = findings.flatMap(({ path, related = [] }) => [...(path === undefined ? [] : [path]), ...related]);
  if (named.length > 0) return [...new ImportGraph((digest) => store.get(digest)).closure(attempt.tree(), named)];
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
