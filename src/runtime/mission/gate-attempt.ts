import { timestamp } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';
import type { LogReader } from '../log/log-reader.ts';
import { treeDigest } from '../vault/artifact.ts';
import { decideGate, GATE_POLICY, type NamedStatement } from '../vault/gate.ts';
import { gateDecided, STATEMENT_RECORDED } from '../vault/records.ts';
import { verificationSummary } from '../vault/verification-summary.ts';
import { openBundleVerifier } from '../vault/verify-bundle.ts';
import { sealed } from './evidence.ts';
import { evidenceRows } from './queries.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import type { Workbench } from './workbench.ts';

/**
 * The gate: reads the mission's statements back from log and store, verifies each signature again, and decides over those alone. What does
 * not verify does not speak, so that what it should have said is missing.
 */
export async function runGate(attempt: Attempt, bench: Workbench): Promise<AttemptResult> {
  const tree = attempt.tree();
  const bundles = statementBundles(bench.log, attempt.mission);
  const decision = decideGate({ tree, statements: await verified(bundles, bench) });
  const statement = verificationSummary({
    mission: attempt.mission,
    tree,
    result: decision.result,
    timeVerified: timestamp(bench.clock),
    policy: { uri: GATE_POLICY },
    inputs: bundles,
    verifierVersion: PRODUCT_VERSION,
  });
  const place = { mission: attempt.mission, task: attempt.task.id };
  const evidence = [await sealed(attempt, { name: 'summary', statement, notary: bench }), gateDecided(place, decision, tree)];
  if (decision.result === 'fail') return { outcome: 'failed', reason: decision.reasons.join('; '), evidence };
  return { outcome: 'succeeded', tree: [], output: treeDigest(tree), evidence };
}

/** Name → Sigstore bundle of the mission's statements; of those with one name the last. */
function statementBundles(log: LogReader, mission: string): Map<string, Digest> {
  const bundles = new Map<string, Digest>();
  for (const { kind, name, bundle } of evidenceRows(log.db, mission)) {
    if (kind === STATEMENT_RECORDED && bundle !== null) bundles.set(name, bundle);
  }
  return bundles;
}

async function verified(bundles: ReadonlyMap<string, Digest>, { store, publicKeys }: Workbench): Promise<NamedStatement[]> {
  const verifier = await openBundleVerifier(publicKeys);
  return [...bundles].flatMap(([name, bundle]) => {
    const check = verifier.verify(store.get(bundle));
    return check.valid ? [{ name, verified: check.verified }] : [];
  });
}
