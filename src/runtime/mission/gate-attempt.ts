import { timestamp } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { heapBound } from '../../base/heap-bound.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { LogReader } from '../log/log-reader.ts';
import { type Tree, treeDigest } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { decideGate, GATE_POLICY, type GateDecision, type NamedStatement } from '../vault/gate.ts';
import { gateDecided } from '../vault/records.ts';
import { cycloneDx } from '../vault/sbom/cyclonedx.ts';
import { inventoryOf } from '../vault/sbom/inventory.ts';
import { sbomStatement } from '../vault/sbom/sbom-statement.ts';
import { verificationSummary } from '../vault/verification-summary.ts';
import { type BundleVerifier, openBundleVerifier } from '../vault/verify-bundle.ts';
import { sealed } from './evidence.ts';
import { statementRows } from './queries.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import type { Workbench } from './workbench.ts';

/**
 * The gate: reads the mission's statements back from log and store, verifies each signature again, and decides over those alone. What does
 * not verify does not speak, so that what it should have said is missing.
 */
export async function runGate(attempt: Attempt, bench: Workbench): Promise<AttemptResult> {
  const tree = attempt.tree();
  const bundles = statementBundles(bench.log, attempt.mission);
  const verifier = await openBundleVerifier(bench.publicKeys, bench.trust);
  const decision = decideGate({
    tree,
    base: attempt.base?.files,
    statements: verified(bundles, { store: bench.store, verifier }),
  });
  const evidence = [
    ...(await materials(attempt, tree, bench)),
    ...(await summary(attempt, { decision, tree, bundles, bench })),
    gateDecided(placeOf(attempt), decision, tree),
  ];
  if (decision.result === 'fail') return { outcome: 'failed', reason: decision.reasons.join('; '), evidence };
  return { outcome: 'succeeded', tree: [], output: treeDigest(tree), evidence };
}

/** What the product is made of, as a signed statement about every file; the gate decides without it. */
async function materials(attempt: Attempt, tree: Tree, bench: Workbench): Promise<EntryDraft[]> {
  if (tree.length === 0) return [];
  const document = cycloneDx(inventoryOf(tree, ({ digest }) => bench.store.get(digest), attempt.specification.id));
  return [await sealed(attempt, { name: 'sbom', statement: sbomStatement(tree, document), notary: bench })];
}

interface Decided {
  decision: GateDecision;
  tree: Tree;
  bundles: ReadonlyMap<string, Digest>;
  bench: Workbench;
}

/** The decision as a signed statement about every file; about an empty product none can be made. */
async function summary(attempt: Attempt, { decision, tree, bundles, bench }: Decided): Promise<EntryDraft[]> {
  if (tree.length === 0) return [];
  const statement = verificationSummary({
    mission: attempt.mission,
    tree,
    result: decision.result,
    timeVerified: timestamp(bench.clock),
    policy: { uri: GATE_POLICY },
    inputs: bundles,
    verifierVersion: PRODUCT_VERSION,
  });
  return [await sealed(attempt, { name: 'summary', statement, notary: bench })];
}

const placeOf = ({ mission, task }: Attempt): { mission: string; task: string } => ({ mission, task: task.id });

/** Name → Sigstore bundle of the mission's statements; of those with one name the last. */
function statementBundles(log: LogReader, mission: string): Map<string, Digest> {
  return new Map(statementRows(log.db, mission).map(({ name, bundle }) => [name, bundle]));
}

/** Each statement whose signature holds, one at a time. */
function* verified(
  bundles: ReadonlyMap<string, Digest>,
  { store, verifier }: { store: ContentStore; verifier: BundleVerifier },
): Generator<NamedStatement> {
  const boundHeap = heapBound();
  for (const [name, bundle] of bundles) {
    boundHeap();
    const check = verifier.verify(store.get(bundle));
    if (check.valid) yield { name, verified: check.verified };
  }
}
