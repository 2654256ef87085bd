import { hexOf } from '../../base/digest.ts';
import { counted } from '../../base/text.ts';
import { treeDigest } from './artifact.ts';
import { PROVENANCE } from './provenance.ts';
import type { Statement } from './statement.ts';
import { TEST_RESULT } from './test-result.ts';
import type { TreeEntry } from './tree-listing.ts';
import type { VerifiedStatement } from './verify-bundle.ts';
import { scanFaults, VULNERABILITIES } from './vulnerability-scan.ts';

/** Names the rules below, for the verification summary. Other rules get another name. */
export const GATE_POLICY = 'https://agentnexus.dev/policies/evidence/v2';

/** Names the listing of a whole product among the subjects of a statement: no product has a file there. */
export const PRODUCT_SUBJECT = '.agentnexus/product.json';

export interface GateInput {
  /** The product as it would be released. */
  tree: readonly TreeEntry[];
  /** Files of the commit that it started from, by path: what is still as it was there needs no evidence. */
  base?: ReadonlyMap<string, TreeEntry> | undefined;
  /** Verified statements in the order of the log; of those with one name the last counts. Read once and not kept: there may be many. */
  statements: Iterable<NamedStatement>;
}

export interface NamedStatement {
  name: string;
  verified: VerifiedStatement;
}

/** `reasons` say what is missing; empty exactly if the result is `pass`. */
export type GateDecision = { result: 'pass' | 'fail'; reasons: string[] };

/** More reasons than this are counted instead: a log entry has 64 KiB. */
const MAX_REASONS = 40;
const MAX_REASON = 400;

/**
 * May this product leave? Only verified statements speak; what they do not say is a denial. Every file needs provenance, every
 * code and test file a passed test result too, and no test result may be anything but passed. No scan has to be there; what one has found at or above its threshold
 * must not. What was there before needs neither, but where anything of it is gone, the tests must have passed without it.
 */
export function decideGate({ tree, base, statements }: GateInput): GateDecision {
  const head = base === undefined ? undefined : headOf(tree);
  const places = new Map(tree.map(({ path }, at) => [path, at]));
  const current = new Map<string, Claim>();
  for (const { name, verified } of statements) current.set(name, claimOf(verified.statement, { tree, places, head }));
  const made = new Set<number>();
  const tested = new Set<number>();
  let testedWhole = false;
  const reasons: string[] = [];
  for (const [name, { kind, files, whole, faults }] of current) {
    if (kind === TEST_RESULT && whole && faults.length === 0) testedWhole = true;
    if (faults.length > 0) reasons.push(...faults.map((fault) => `${name}: ${fault}`));
    else if (kind === PROVENANCE) for (const file of files) made.add(file);
    else if (kind === TEST_RESULT) for (const file of files) tested.add(file);
  }
  if (tree.length === 0) reasons.push('there is no product');
  if (!testedWhole && isReduced(tree, base)) reasons.push('no passed test result for what is left after files were removed');
  for (const [at, file] of tree.entries()) {
    const { path, type } = file;
    if (isAsBefore(file, base)) continue;
    if (!made.has(at)) reasons.push(`${path}: no provenance for this content`);
    if (type !== 'analysis' && !tested.has(at)) reasons.push(`${path}: no passed test result for this content`);
  }
  return { result: reasons.length === 0 ? 'pass' : 'fail', reasons: bounded(reasons) };
}

/** Whether a file is as it was in the commit that the product started from. */
export function isAsBefore({ path, digest, executable }: TreeEntry, base: GateInput['base']): boolean {
  const before = base?.get(path);
  return before?.digest === digest && before.executable === executable;
}

/** Something that runs, or could, is no longer there. */
function isReduced(tree: readonly TreeEntry[], base: GateInput['base']): boolean {
  if (base === undefined) return false;
  const paths = new Set(tree.map(({ path }) => path));
  return [...base.values()].some(({ path, type }) => type !== 'analysis' && !paths.has(path));
}

function headOf(tree: readonly TreeEntry[]): string {
  return hexOf(treeDigest(tree));
}

/** What a statement says to the gate. Kept of every statement until the last is read, so it is small. */
interface Claim {
  kind: string;
  /** The files of the product that it is about: their positions in the tree. */
  files: number[];
  /** It is about the product as a whole. */
  whole: boolean;
  /** Why the product cannot leave with it, as many as a decision names. */
  faults: string[];
}

interface Product {
  tree: GateInput['tree'];
  /** Path → position in the tree. */
  places: ReadonlyMap<string, number>;
  /** SHA-256 of its listing, if that counts. */
  head: string | undefined;
}

function claimOf(statement: Statement, { tree, places, head }: Product): Claim {
  const { predicateType: kind, subject } = statement;
  const files = subject.flatMap(({ name, digest }) => {
    const at = places.get(name);
    const file = at === undefined ? undefined : tree[at];
    return at !== undefined && file !== undefined && hexOf(file.digest) === digest.sha256 ? [at] : [];
  });
  const whole = head !== undefined && subject.some(({ name, digest }) => name === PRODUCT_SUBJECT && digest.sha256 === head);
  return { kind, files, whole, faults: faultsOf(statement) };
}

function faultsOf(statement: Statement): string[] {
  if (statement.predicateType === VULNERABILITIES) return bounded(scanFaults(statement));
  const fault = statement.predicateType === TEST_RESULT ? testFault(statement) : undefined;
  return fault === undefined ? [] : [fault];
}

/** A suite that ran nothing has shown nothing, whatever it calls its result. */
function testFault({ predicate }: Statement): string | undefined {
  const { result, passedTests, failedTests } = predicate;
  const failed = Array.isArray(failedTests) ? failedTests.length : undefined;
  if (result === 'PASSED' && failed === 0 && Array.isArray(passedTests) && passedTests.length > 0) return undefined;
  if (result === 'PASSED' && failed === 0) return 'no test was run';
  return `the test result is ${JSON.stringify(result ?? 'missing')}${failed ? `, ${counted(failed, 'failed test')}` : ''}`;
}

/** So many that they fit an entry of the log. */
export function bounded(reasons: readonly string[]): string[] {
  const shown = reasons
    .slice(0, MAX_REASONS)
    .map((reason) => (reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason));
  return reasons.length > MAX_REASONS ? [...shown, `and ${reasons.length - MAX_REASONS} more`] : shown;
}
