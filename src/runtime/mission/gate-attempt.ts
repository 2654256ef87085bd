import { type Clock, timestamp } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { heapBound } from '../../base/heap-bound.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { LogReader } from '../log/log-reader.ts';
import { type Tree, treeDigest } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { bounded, decideGate, GATE_POLICY, type GateDecision, type NamedStatement } from '../vault/gate.ts';
import { contentUri } from '../vault/evidence.ts';
import { gateDecided } from '../vault/records.ts';
import type { PolicyRecord } from '../vault/release-input.ts';
import { cycloneDx } from '../vault/sbom/cyclonedx.ts';
import { inventoryOf } from '../vault/sbom/inventory.ts';
import { sbomStatement } from '../vault/sbom/sbom-statement.ts';
import { verificationSummary } from '../vault/verification-summary.ts';
import { type BundleVerifier, openBundleVerifier } from '../vault/verify-bundle.ts';
import { type AskedRelease, askReleasePolicy, joinDecisions, type ReleaseGate } from './ask-release-policy.ts';
import { sealed, type StatementDraft } from './evidence.ts';
import { statementRows } from './queries.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import type { Scanned } from './scan-product.ts';
import type { Workbench } from './workbench.ts';

/**
 * The gate: reads the mission's statements back from log and store, verifies each signature again, and decides over those alone. What does
 * not verify does not speak, so that what it should have said is missing. Its own rules are asked always; a release policy can ask for more.
 */
export async function runGate(attempt: Attempt, bench: Workbench): Promise<AttemptResult> {
  const tree = attempt.tree();
  const bundles = statementBundles(bench.log, attempt.mission);
  const verifier = await openBundleVerifier(bench.publicKeys, bench.trust);
  const sbom = await materials(attempt, tree, bench);
  const scan = await scanned(attempt, tree, bench);
  const release = await bench.releaseGateFor?.(attempt.mission);
  const drafted = [...scan.statements, ...(release === undefined ? [] : sbom)];
  for (const { data } of drafted) bundles.set(data.name, data.bundle);
  const statements = () => verified(bundles, { store: bench.store, verifier });
  const built = unlessScanned(decideGate({ tree, base: attempt.base?.files, statements: statements() }), scan);
  const asked = release && (await ask(release, { attempt, tree, statements: statements(), clock: bench.clock }));
  const decision = asked === undefined ? built : joinDecisions(built, asked.verdict);
  const evidence = [
    ...sbom,
    ...scan.statements,
    ...scan.skipped,
    ...(await summary(attempt, { decision, policy: asked?.record, tree, bundles, bench })),
    gateDecided(placeOf(attempt), { ...decision, ...(asked && { policy: asked.record }) }, tree),
  ];
  if (decision.result === 'fail') return { outcome: 'failed', reason: decision.reasons.join('; '), evidence };
  return { outcome: 'succeeded', tree: [], output: treeDigest(tree), evidence };
}

async function ask(
  release: ReleaseGate,
  { attempt, tree, statements, clock }: { attempt: Attempt; tree: Tree; statements: Iterable<NamedStatement>; clock: Clock },
): Promise<AskedRelease> {
  try {
    const { mission, base } = attempt;
    return await askReleasePolicy(release, { mission, time: timestamp(clock), tree, base: base?.files, statements });
  } finally {
    await release.engine.close();
  }
}

const UNSCANNED: Scanned = { statements: [], skipped: [] };

async function scanned(attempt: Attempt, tree: Tree, bench: Workbench): Promise<Scanned> {
  const setting = bench.scanOf?.(attempt.mission);
  if (setting === undefined || tree.length === 0) return UNSCANNED;
  const { scanProduct } = await import('./scan-product.ts');
  return scanProduct(attempt, setting, bench);
}

/** What no scanner can take does not leave where it was to be scanned: else a product would only have to break one. */
function unlessScanned({ result, reasons }: GateDecision, { fault }: Scanned): GateDecision {
  return fault === undefined ? { result, reasons } : { result: 'fail', reasons: bounded([...reasons, fault]) };
}

/** What the product is made of, as a signed statement about every file; the gate's own rules do without it. */
async function materials(attempt: Attempt, tree: Tree, bench: Workbench): Promise<StatementDraft[]> {
  if (tree.length === 0) return [];
  const document = cycloneDx(inventoryOf(tree, ({ digest }) => bench.store.get(digest), attempt.specification.id));
  return [await sealed(attempt, { name: 'sbom', statement: sbomStatement(tree, document), notary: bench })];
}

interface Decided {
  decision: GateDecision;
  policy: PolicyRecord | undefined;
  tree: Tree;
  bundles: ReadonlyMap<string, Digest>;
  bench: Workbench;
}

/** The decision as a signed statement about every file; about an empty product none can be made. */
async function summary(attempt: Attempt, { decision, policy, tree, bundles, bench }: Decided): Promise<EntryDraft[]> {
  if (tree.length === 0) return [];
  const statement = verificationSummary({
    mission: attempt.mission,
    tree,
    result: decision.result,
    timeVerified: timestamp(bench.clock),
    policy: policy?.digest === undefined ? { uri: GATE_POLICY } : { uri: contentUri(policy.digest), digest: policy.digest },
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
