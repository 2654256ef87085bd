import { type Digest, digestOf, hexOf, isDigest } from '../../base/digest.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Task } from '../../spec/model.ts';
import type { Entry } from '../log/entry.ts';
import type { LogReader } from '../log/log-reader.ts';
import { verifyProof } from '../log/proof.ts';
import type { NoteVerifier } from '../log/signed-note.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { decideGate, type NamedStatement } from '../vault/gate.ts';
import { PROVENANCE } from '../vault/provenance.ts';
import { MISSION_FINISHED, readFinish, readStatement, STATEMENT_RECORDED } from '../vault/records.ts';
import type { Statement } from '../vault/statement.ts';
import { parseChangeListing, type TreeEntry } from '../vault/tree-listing.ts';
import { type BundleVerifier, openBundleVerifier } from '../vault/verify-bundle.ts';

export interface ProofSource {
  log: LogReader;
  store: ContentStore;
  logKey: NoteVerifier;
  /** Texts of the public keys that may have signed statements. */
  signingKeys: readonly string[];
  /** Texts of the trusted roots that certificates count under. */
  roots?: readonly string[];
}

/** What the evidence says of one task. `empty`: it is recorded as done and left no file, so that no statement can speak of it. */
export type TaskProof =
  | { state: 'proven'; statements: Digest[] }
  | { state: 'empty' }
  /** A sentence. */
  | { state: 'unproven'; reason: string };

const ENDS = ['task.started', 'task.succeeded', 'task.cached', 'task.failed', 'task.skipped'];

/**
 * Reads from the log alone, never from its projections, what a mission proves of its tasks. Every entry that counts is shown to be in the tree of
 * the signed checkpoint, every statement's signature is verified, and every file is hashed again. What does not verify is missing.
 */
export async function readTaskProofs(mission: string, source: ProofSource): Promise<TaskProofs> {
  const verifier = await openBundleVerifier(source.signingKeys, { roots: source.roots ?? [] });
  const records = new MissionEvidence(source, verifier);
  for (const entry of source.log.entries({ mission, kinds: [...ENDS, STATEMENT_RECORDED, MISSION_FINISHED] })) {
    records.take(entry);
  }
  return new TaskProofs(records, source.store);
}

/** A statement of the mission that verifies, with where it is from. */
interface Proven extends NamedStatement {
  seq: number;
  task: string;
}

class MissionEvidence {
  /** Last entry about each task's state. */
  readonly ends = new Map<string, Entry>();
  /** Files of the mission's product, by path. */
  product = new Map<string, TreeEntry>();
  /** Verified statements by the file they speak of, in the order of the log. */
  readonly byFile = new Map<string, Proven[]>();
  /** Why the log cannot be trusted at all. */
  fault: string | undefined;
  readonly #source: ProofSource;
  readonly #verifier: BundleVerifier;

  constructor(source: ProofSource, verifier: BundleVerifier) {
    this.#source = source;
    this.#verifier = verifier;
  }

  take(entry: Entry): void {
    if (!this.#isIncluded(entry)) return;
    if (entry.kind === STATEMENT_RECORDED) this.#takeStatement(entry);
    else if (entry.kind === MISSION_FINISHED) this.#takeProduct(entry);
    else if (entry.task !== undefined) this.ends.set(entry.task, entry);
  }

  #isIncluded({ seq }: Entry): boolean {
    const { log, logKey } = this.#source;
    try {
      verifyProof(log.prove(seq), log.leafBody(seq), logKey);
      return true;
    } catch (error) {
      this.fault ??= `Entry ${seq} is not proven to be in the log: ${messageOf(error)}`;
      return false;
    }
  }

  #takeStatement(entry: Entry): void {
    const record = readStatement(entry);
    if (record === undefined || entry.task === undefined) return;
    const content = contentOf(this.#source.store, record.bundle);
    const check = content === undefined ? undefined : this.#verifier.verify(content);
    if (check?.valid !== true || check.verified.bundle !== record.bundle) return;
    const proven = { name: record.name, verified: check.verified, seq: entry.seq, task: entry.task };
    for (const { name, digest } of check.verified.statement.subject) {
      const key = fileKey(name, digest.sha256);
      const known = this.byFile.get(key);
      if (known === undefined) this.byFile.set(key, [proven]);
      else known.push(proven);
    }
  }

  #takeProduct(entry: Entry): void {
    const head = readFinish(entry)?.head;
    const tree = head === undefined ? undefined : treeAt(this.#source.store, head);
    this.product = new Map((tree ?? []).map((file) => [file.path, file]));
  }
}

/** Whether what tasks left is proven: by the gate's own rules, over each task's files alone. */
export class TaskProofs {
  readonly #evidence: MissionEvidence;
  readonly #store: ContentStore;

  constructor(evidence: MissionEvidence, store: ContentStore) {
    this.#evidence = evidence;
    this.#store = store;
  }

  of(task: Task): TaskProof {
    const { fault, ends } = this.#evidence;
    const end = ends.get(task.id);
    if (fault !== undefined) return unproven(fault);
    if (end?.kind !== 'task.succeeded' && end?.kind !== 'task.cached') return unproven(STATES[end?.kind ?? ''] ?? UNTOUCHED);
    const digest = end.data['tree'];
    const files = isDigest(digest) ? treeAt(this.#store, digest) : undefined;
    if (files === undefined) return unproven('The list of the files it left is missing or damaged.');
    return files.length === 0 ? { state: 'empty' } : this.#judge(task, files);
  }

  #judge(task: Task, files: readonly TreeEntry[]): TaskProof {
    const lost = files.find(({ digest }) => contentOf(this.#store, digest) === undefined);
    if (lost !== undefined) return unproven(`The content of ${lost.path} is missing or damaged.`);
    const own = files.map((file) => this.#about(file).filter((each) => isProvenanceOf(task, each)));
    const bare = files.find((_, at) => own[at]?.length === 0);
    if (bare !== undefined)
      return unproven(`No verified statement says that ${bare.path} was made by this task as it reads now.`);
    // Where a later task went on with a file, the checks have seen what it is now.
    const { product } = this.#evidence;
    // What a later task removed is in no product, and nothing is claimed of it.
    const tree = files.flatMap((file) => product.get(file.path) ?? (product.size === 0 ? [file] : []));
    if (tree.length === 0) return { state: 'empty' };
    const statements = [...new Set(tree.flatMap((file) => this.#about(file)))].toSorted((a, b) => a.seq - b.seq);
    const { result, reasons } = decideGate({ tree, statements });
    if (result === 'fail') return unproven(`The gate would not let its files pass: ${reasons[0] ?? 'it says no'}.`);
    return { state: 'proven', statements: [...new Set([...own.flat(), ...statements].map(({ verified }) => verified.bundle))] };
  }

  #about({ path, digest }: TreeEntry): readonly Proven[] {
    return this.#evidence.byFile.get(fileKey(path, hexOf(digest))) ?? [];
  }
}

const UNTOUCHED = 'The mission has not come to it.';
const STATES: Record<string, string> = {
  'task.started': 'It is not finished.',
  'task.failed': 'It failed.',
  'task.skipped': 'It was skipped, because something it needs failed.',
};

function unproven(reason: string): TaskProof {
  return { state: 'unproven', reason };
}

function fileKey(path: string, hex: string): string {
  return `${hex} ${path}`;
}

/** Provenance that names this task, and what it was told: a task that reads otherwise now is another. */
function isProvenanceOf({ id, fragment }: Task, { task, verified }: Proven): boolean {
  const { predicateType, predicate } = verified.statement;
  if (predicateType !== PROVENANCE || task !== id) return false;
  const definition = objectIn(predicate, 'buildDefinition');
  if (objectIn(definition, 'externalParameters')['task'] !== id) return false;
  const dependencies = definition['resolvedDependencies'];
  const told = hexOf(digestOf(fragment));
  return Array.isArray(dependencies) && dependencies.some((each) => isFragment(each, told));
}

function isFragment(value: unknown, hex: string): boolean {
  return isJsonObject(value) && value['name'] === 'fragment' && objectIn(value, 'digest')['sha256'] === hex;
}

function objectIn(value: Statement['predicate'], name: string): Statement['predicate'] {
  const inner = value[name];
  return isJsonObject(inner) ? inner : {};
}

/** Content that is there and is what its digest says. */
function contentOf(store: ContentStore, digest: Digest): Uint8Array | undefined {
  try {
    return store.get(digest);
  } catch (error) {
    if (error instanceof NexusError) return undefined;
    throw error;
  }
}

function treeAt(store: ContentStore, digest: Digest): TreeEntry[] | undefined {
  const listing = contentOf(store, digest);
  try {
    return listing === undefined ? undefined : parseChangeListing(listing).files;
  } catch {
    return undefined;
  }
}
