import { type Digest, hexOf } from '../../base/digest.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import type { Entry } from '../log/entry.ts';
import type { FsckReport } from '../log/fsck.ts';
import type { NoteVerifier } from '../log/signed-note.ts';
import { STEP_KINDS } from './agent-run.ts';
import { APPROVAL_WORDS, QUESTION_ASKED } from './approval.ts';
import { checkMission, type MissionOutcome } from './check-mission.ts';
import { checkStatement } from './check-statements.ts';
import type { ContentStore } from './content-store.ts';
import { WORD_KINDS, wordsIn } from './expired-payloads.ts';
import type { GivenTrust } from './export-keys.ts';
import { BASE_FILES, fileNameOf, POLICY } from './export-layout.ts';
import { Failures } from './failure.ts';
import { gitObjectId } from './git-objects.ts';
import type { ExpectedIdentity } from './keyless/identity-match.ts';
import { logsOf } from './keyless/own-log.ts';
import { namesAuthorities } from './keyless/trusted-root.ts';
import type { MissionMaterial } from './mission-material.ts';
import { PAYLOADS_REMOVING } from './payload-removal.ts';
import { RELEASE_FILE, RELEASE_SIGNED } from './promote/release-statement.ts';
import {
  ARTIFACT_RECORDED,
  ARTIFACT_REMOVED,
  GATE_DECIDED,
  MISSION_CREATED,
  MISSION_FINISHED,
  readStatement,
  STATEMENT_RECORDED,
  VALIDATION_RECORDED,
} from './records.ts';
import { RemovedPayloads } from './removed-payloads.ts';
import { isSigningKey, parsePublicKey } from './public-key.ts';
import { fingerprintOf, pemOf } from './signing-key.ts';
import { type Checked, noneChecked, type TrustedKey, type Verification, verification } from './verification.ts';
import { type BundleVerifier, openBundleVerifier } from './verify-bundle.ts';

export interface WorkspaceSource {
  /** Reading the log; `LogReader` does. */
  log: { entries(query: { mission?: string; kinds?: readonly string[]; to?: number }): Iterable<Entry> };
  /** What `fsck` found in it, hashing all of it again. */
  fsck: FsckReport;
  store: ContentStore;
  /** Texts of public key files: every key that may have signed statements here. */
  signingKeys: readonly string[];
  /** Texts of the trusted roots that certificates were issued under here. */
  roots?: readonly string[];
  logKey: NoteVerifier;
}

/** Keys and roots take the place of the workspace's own. */
export interface VerifyWorkspaceOptions extends GivenTrust {
  /** One mission only. */
  mission?: string;
  /** Whose certificates count; anybody's whom a root certifies, if left out. */
  identity?: ExpectedIdentity | undefined;
}

const EVIDENCE_KINDS = [
  MISSION_CREATED,
  ARTIFACT_RECORDED,
  ARTIFACT_REMOVED,
  STATEMENT_RECORDED,
  VALIDATION_RECORDED,
  GATE_DECIDED,
  MISSION_FINISHED,
  ...APPROVAL_WORDS,
  QUESTION_ASKED,
];

/**
 * Verifies the evidence of one mission or of all, and for all of them everything in the content store. Missions under way are checked as far as
 * they have come. Throws `NOT_FOUND` if there is no such mission.
 */
export async function verifyWorkspace(source: WorkspaceSource, options: VerifyWorkspaceOptions = {}): Promise<Verification> {
  const failures = new Failures();
  const checked = {
    ...noneChecked(),
    entries: source.fsck.entries,
    tiles: source.fsck.tiles,
    checkpoints: source.fsck.checkpoints,
  };
  for (const fault of source.fsck.faults) failures.add(`log ${fault.subject}`, 'VERIFY_LOG', `${fault.message} (${fault.code})`);
  const keys = workspaceKeys(source, options, failures);
  const { roots = source.roots ?? [], identity } = options;
  const verifier = await openBundleVerifier(keys.signing, { roots, identity, logs: [source.logKey] });
  const contents = new CheckedStore(source.store, failures);
  const run: Run = { source, verifier, failures, checked, contents, removed: new RemovedPayloads() };
  for (const entry of readEntries(run, { kinds: [PAYLOADS_REMOVING] })) run.removed.take(entry);
  if (options.mission === undefined) for (const digest of source.store.list()) run.contents.get(digest);
  const missions: MissionOutcome[] = [];
  for (const mission of missionsOf(run, options.mission)) missions.push(await checkOne(run, mission));
  checkReleases(run, options.mission);
  if (source.fsck.faults.length === 0) checked.proofs = checked.statements;
  checked.files = run.contents.good;
  return verification(failures, {
    missions,
    checked,
    removed: run.removed.missed(),
    trust: keys.trust,
    identities: verifier
      .identities()
      .map((each) => ({ ...each, from: identity ? 'user' : options.roots ? 'root' : 'workspace' })),
  });
}

function workspaceKeys({ signingKeys, logKey }: WorkspaceSource, { keys = [], roots = [] }: GivenTrust, failures: Failures) {
  const byIdentity = roots.some(namesAuthorities);
  const named = roots.flatMap(logsOf).filter(({ key }) => !byIdentity || key.equals(logKey.publicKey));
  const user = [...keys.map(parsePublicKey), ...named];
  const userSigning = user.filter(isSigningKey);
  const userLog = user.filter((key) => !isSigningKey(key));
  if (userLog.length > 0 && !userLog.some(({ key }) => key.equals(logKey.publicKey))) {
    failures.add('log', 'VERIFY_KEY_UNTRUSTED', `the key of the log (${fingerprintOf(logKey.publicKey)}) is none that you gave`);
  }
  const signing = userSigning.length > 0 || byIdentity ? userSigning : signingKeys.map(parsePublicKey);
  const trust: TrustedKey[] = signing.map(({ key }) => ({
    use: 'signing',
    fingerprint: fingerprintOf(key),
    from: userSigning.length > 0 ? 'user' : 'workspace',
  }));
  trust.push({ use: 'log', fingerprint: fingerprintOf(logKey.publicKey), from: userLog.length > 0 ? 'user' : 'workspace' });
  return { signing: signing.map(({ key }) => pemOf(key)), trust };
}

interface Run {
  source: WorkspaceSource;
  verifier: BundleVerifier;
  failures: Failures;
  checked: Checked;
  contents: CheckedStore;
  removed: RemovedPayloads;
}

/** Reads each content once, however many records lead to it, and reports damage under its path in the store. */
class CheckedStore {
  good = 0;
  readonly #store: ContentStore;
  readonly #failures: Failures;
  readonly #seen = new Map<Digest, boolean>();

  constructor(store: ContentStore, failures: Failures) {
    this.#store = store;
    this.#failures = failures;
  }

  get(digest: Digest): Uint8Array | undefined {
    const known = this.#seen.get(digest);
    if (known === false) return undefined;
    const content = this.#read(digest);
    this.#seen.set(digest, content !== undefined);
    if (known === undefined && content !== undefined) this.good++;
    return content;
  }

  has(digest: Digest): boolean {
    return this.#seen.get(digest) ?? this.get(digest) !== undefined;
  }

  #read(digest: Digest): Uint8Array | undefined {
    try {
      return this.#store.get(digest);
    } catch (error) {
      // What is missing is reported by the record that needs it.
      if (!(error instanceof NexusError) || error.code !== 'NOT_FOUND') {
        this.#failures.add(`cas/sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`, 'VERIFY_STORE', messageOf(error));
      }
      return undefined;
    }
  }
}

function missionsOf(run: Run, wanted: string | undefined): string[] {
  const created = readEntries(run, { kinds: [MISSION_CREATED] }).flatMap(({ mission }) =>
    mission === undefined ? [] : [mission],
  );
  if (wanted === undefined) return [...new Set(created)];
  if (created.includes(wanted)) return [wanted];
  throw new NexusError('NOT_FOUND', `There is no mission ${wanted}.`, { details: { mission: wanted } });
}

/** As many as can be read, of those that are signed. */
function readEntries({ source, failures }: Run, query: { mission?: string; kinds: readonly string[] }): Entry[] {
  const entries: Entry[] = [];
  try {
    const { entries: read, unsigned } = source.fsck;
    const signed = unsigned === 0 ? query : { ...query, to: read - unsigned };
    for (const entry of source.log.entries(signed)) entries.push(entry);
  } catch (error) {
    failures.add('log', 'VERIFY_LOG', messageOf(error));
  }
  return entries;
}

async function checkOne(run: Run, mission: string): Promise<MissionOutcome> {
  const entries = readEntries(run, { mission, kinds: EVIDENCE_KINDS });
  checkWords(run, mission);
  return checkMission(materialOf(run, mission, entries), run.verifier, run);
}

/** What was carried out is stated after the mission has ended, and not a part of it. */
function checkReleases(run: Run, wanted: string | undefined): void {
  for (const entry of readEntries(run, { kinds: [RELEASE_SIGNED] })) {
    const mission = typeof entry.data['mission'] === 'string' ? entry.data['mission'] : '';
    if (wanted !== undefined && mission !== wanted) continue;
    const record = readStatement(entry);
    if (record === undefined)
      run.failures.add(`log entry ${entry.seq}`, 'VERIFY_RECORD', `entry ${entry.seq} is no ${entry.kind}`);
    else {
      const found = { subject: `${mission}/${RELEASE_FILE}`, content: run.contents.get(record.bundle) };
      checkStatement({ entry, record, fileName: RELEASE_FILE }, found, run);
    }
  }
}

/** What was said and asked is not evidence, and yet on record: it is there, or was removed by a rule. */
function checkWords(run: Run, mission: string): void {
  for (const entry of readEntries(run, { mission, kinds: WORD_KINDS })) {
    for (const digest of wordsIn(entry)) {
      if (run.contents.has(digest) || run.removed.excuses(digest)) continue;
      run.failures.add(`log entry ${entry.seq}`, 'VERIFY_STORE', `${entry.kind} names ${digest}, which is not there`);
    }
  }
}

function materialOf(run: Run, mission: string, entries: Entry[]): MissionMaterial {
  const { contents, removed } = run;
  return {
    mission,
    subject: `mission ${mission}`,
    entries,
    steps: () => readEntries(run, { mission, kinds: STEP_KINDS }),
    finished: false,
    entrySubject: ({ seq }) => `log entry ${seq}`,
    bundle: ({ record, fileName }) => ({ subject: `${mission}/evidence/${fileName}`, content: contents.get(record.bundle) }),
    statementSubject: (name) => `${mission}/evidence/${fileNameOf(name)}`,
    listing: (head) => ({ subject: `${mission}/tree.json`, content: contents.get(head) }),
    artifact: ({ path, digest }) => {
      const subject = `${mission}/artifacts/${path}`;
      if (contents.has(digest)) return { subject, content: digest };
      return removed.excuses(digest) ? { subject, content: digest, removed: true } : { subject, content: undefined };
    },
    policy: (digest) => ({ subject: `${mission}/${POLICY}`, content: contents.get(digest) }),
    base: (name, digest) => ({ subject: `${mission}/${BASE_FILES[name]}`, content: contents.get(digest) }),
    blobId: ({ digest }, hash) => {
      const content = contents.get(digest);
      return content && gitObjectId('blob', content, hash);
    },
  };
}
