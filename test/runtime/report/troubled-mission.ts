import { recordTests } from '../../../src/runtime/mission/evidence.ts';
import type { Attempt, AttemptResult } from '../../../src/runtime/mission/runner.ts';
import type { ReportKeys } from '../../../src/runtime/report/model/report.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { openStatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import type { Need, Task } from '../../../src/spec/model.ts';
import { digestOf } from '../../../src/base/digest.ts';
import { join } from 'node:path';
import { aTask } from '../mission/a-task.ts';
import { leave, type MissionBench } from '../mission/mission-bench.ts';

export const NO_KEYS: ReportKeys = { log: null, signing: [] };

const need = (task: string, because = 'it must'): Need => ({ task, kind: 'structural', because });

/** A graph in three milestones, with a check in the second; `order` says what `a` is made from. */
export function troubledGraph(order = 'first'): Task[] {
  return [
    aTask('a', { milestone: 'Foundation', fragment: order }),
    aTask('b', { milestone: 'Parts', needs: [need('a', 'stands on it')] }),
    aTask('verify-b', { milestone: 'Parts', kind: 'verification', ability: 'qa', needs: [need('b'), need('a')] }),
    aTask('c', { milestone: 'Parts', needs: [need('a')] }),
    aTask('d', { milestone: 'Whole', needs: [need('b'), need('verify-b')] }),
    aTask('e', { milestone: 'Whole', needs: [need('c')] }),
  ];
}

/**
 * Two missions: one is stopped after `a`, taken up again, and fails because the check of `b` does; the next one finds everything but `a`, which was changed,
 * in the cache, as far as it goes.
 */
export async function troubledMission(bench: MissionBench): Promise<void> {
  const drain = new AbortController();
  bench.script.set('a', (attempt) => {
    drain.abort();
    return leave(attempt, openContentStore(bench.dir), 'the same bytes');
  });
  bench.script.set('verify-b', (attempt) => failedCheck(attempt, bench));
  await bench.apply(troubledGraph(), { drain: drain.signal }).catch(() => undefined);
  await bench.apply(troubledGraph());
}

async function failedCheck(attempt: Attempt, bench: MissionBench): Promise<AttemptResult> {
  const store = openContentStore(bench.dir);
  const signer = await openStatementSigner(openSigningKey(join(bench.dir, 'keys', 'signing.key')));
  const check = {
    task: attempt.task.id,
    suite: 'jest',
    result: 'fail' as const,
    tests: { total: 3, passed: 2, failed: 1, skipped: 0 },
    passed: ['adds', 'removes'],
    failed: ['b › counts <script>alert(1)</script>'],
    coverage: 0.5,
    coverageByPath: new Map<string, number>(),
    findings: [],
    tools: { jest: '30.0.0' },
  };
  const subjects = attempt.needs.get('b') ?? [];
  const notary = { store, signer, specification: { id: 'demo', digest: digestOf('demo') } };
  const evidence = await recordTests(attempt, check, { subjects, notary, at: '2026-05-01T10:00:00.000Z' });
  return { outcome: 'failed', reason: '- QA_TEST_FAILED b.txt: expected 1, got 2', evidence };
}
