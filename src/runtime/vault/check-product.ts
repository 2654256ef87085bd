import { type Digest, hexOf, sha256 } from '../../base/digest.ts';
import { baseFault, type CheckedBase } from './check-base.ts';
import type { Failures, VerifyFault } from './failure.ts';
import { decideGate, isAsBefore, type NamedStatement } from './gate.ts';
import type { Found } from './mission-material.ts';
import { artifactKey, type MissionCheck } from './mission-records.ts';
import { PROVENANCE } from './provenance.ts';
import { type ArtifactRecord, readValidation, VALIDATION_RECORDED } from './records.ts';
import { parseTreeListing, type TreeEntry } from './tree-listing.ts';
import { VERIFICATION_SUMMARY } from './verification-summary.ts';
import type { VerifiedStatement } from './verify-bundle.ts';

/** The product: listed by the mission's head, each file as recorded, each of known origin. Undefined if it has no list. */
export function checkTree(
  check: MissionCheck,
  statements: readonly NamedStatement[],
  base: CheckedBase | undefined,
): TreeEntry[] | undefined {
  const { material, records, failures, checked } = check;
  if (records.finish === undefined) return undefined;
  const tree = readTree(material.listing(records.finish.record.head), records.finish.record.head, failures);
  const proven = new Set(statements.flatMap(({ verified }) => provenBy(verified)));
  // While statements fail, artifacts without provenance say nothing new.
  const complete = statements.length === records.statements.length;
  for (const file of tree ?? []) {
    const { subject, content, removed = false } = material.artifact(file);
    if (base !== undefined && content === file.digest && isAsBefore(file, base.files)) {
      const fault = baseFault(file, base, (hash) => material.blobId(file, hash));
      if (fault === undefined) checked.artifacts++;
      else failures.add(subject, 'VERIFY_BASE', fault);
      continue;
    }
    const fault = artifactFault(file, { content, record: records.artifacts.get(artifactKey(file.path, file.digest)) });
    const unproven = complete && !proven.has(artifactKey(file.path, file.digest));
    if (fault !== undefined) failures.add(subject, fault.code, fault.message);
    else if (unproven) failures.add(subject, 'VERIFY_UNPROVEN', `no verified provenance says where ${file.digest} comes from`);
    else if (!removed) checked.artifacts++;
  }
  if (tree !== undefined && base !== undefined && records.finish.record.state === 'succeeded') checkRemovals(check, tree, base);
  return tree;
}

/** Nothing that was there before goes without a task that took it away. */
function checkRemovals({ material, records, failures }: MissionCheck, tree: readonly TreeEntry[], base: CheckedBase): void {
  const paths = new Set(tree.map(({ path }) => path));
  const lost = [...base.files.keys()].filter((path) => !paths.has(path) && !records.removed.has(path));
  for (const path of lost) failures.add(material.subject, 'VERIFY_BASE', `${path} was there before, and no task has removed it`);
}

/** A report is about an artifact on record. */
export function checkReports({ material, records, failures }: MissionCheck): void {
  const ids = new Set([...records.artifacts.values()].map(({ evidence }) => evidence.artifactId));
  for (const entry of material.entries) {
    const report = entry.kind === VALIDATION_RECORDED ? readValidation(entry)?.report : undefined;
    if (report === undefined || ids.has(report.artifactId)) continue;
    const message = `entry ${entry.seq} reports on artifact ${report.artifactId}, which is not on record`;
    failures.add(material.entrySubject(entry), 'VERIFY_RECORD', message);
  }
}

function readTree({ subject, content }: Found<Uint8Array>, head: Digest, failures: Failures): TreeEntry[] | undefined {
  if (content === undefined || sha256(content) !== head) {
    const what = content === undefined ? 'is missing' : 'was changed';
    failures.add(subject, 'VERIFY_TREE', `the list of the product ${what}: the mission ended with ${head}`);
    return undefined;
  }
  try {
    return parseTreeListing(content);
  } catch (error) {
    failures.add(subject, 'VERIFY_TREE', `the list of the product is malformed: ${String(error)}`);
    return undefined;
  }
}

function provenBy({ statement }: VerifiedStatement): string[] {
  if (statement.predicateType !== PROVENANCE) return [];
  return statement.subject.map(({ name, digest }) => artifactKey(name, `sha256:${digest.sha256}`));
}

function artifactFault(
  { digest, type }: TreeEntry,
  { content, record }: { content: Digest | undefined; record: ArtifactRecord | undefined },
): VerifyFault | undefined {
  if (content === undefined)
    return { code: 'VERIFY_ARTIFACT_MISSING', message: `the product has it (${digest}), and it is not there` };
  if (content !== digest)
    return { code: 'VERIFY_ARTIFACT', message: `its content is ${content}; the mission recorded ${digest}` };
  if (record === undefined) return { code: 'VERIFY_EVIDENCE', message: `no ArtifactEvidence for ${digest} is on record` };
  if (record.evidence.type === type) return undefined;
  return { code: 'VERIFY_EVIDENCE', message: `it is recorded as ${record.evidence.type} and listed as ${type}` };
}

/** A passed gate must be one that its evidence allows, and only a passed gate makes a mission succeed. */
export function checkGate(
  { material, records, failures }: MissionCheck,
  statements: readonly NamedStatement[],
  { tree, base }: { tree: TreeEntry[] | undefined; base: CheckedBase | undefined },
): void {
  const { finish, gate } = records;
  if (records.base !== undefined && base === undefined) return;
  if (finish === undefined || tree === undefined || statements.length < records.statements.length) return;
  const subject = material.entrySubject((gate ?? finish).entry);
  const passed = gate?.record.result === 'pass';
  if (finish.record.state === 'succeeded' && (!passed || gate.record.head !== finish.record.head)) {
    failures.add(subject, 'VERIFY_GATE', 'the mission is recorded as succeeded without a gate that passed its product');
  }
  if (!passed || gate.record.head !== finish.record.head) return;
  const { result, reasons } = decideGate({ tree, base: base?.files, statements });
  if (result === 'fail') failures.add(subject, 'VERIFY_GATE', `the gate is recorded as passed, but ${reasons.join('; ')}`);
  if (!statements.some(({ verified }) => isPassedSummary(verified, tree))) {
    failures.add(subject, 'VERIFY_GATE', 'no signed verification summary says that the gate passed this product');
  }
}

function isPassedSummary(verified: VerifiedStatement, tree: readonly TreeEntry[]): boolean {
  const { predicateType, predicate, subject } = verified.statement;
  if (predicateType !== VERIFICATION_SUMMARY || predicate['verificationResult'] !== 'PASSED') return false;
  const covered = new Set(subject.map(({ name, digest }) => artifactKey(name, digest.sha256)));
  return covered.size === tree.length && tree.every(({ path, digest }) => covered.has(artifactKey(path, hexOf(digest))));
}
