import type { Entry } from '../log/entry.ts';
import { checkFiles } from './check-files.ts';
import { checkLog, checkProof, type ExportedLog } from './check-log.ts';
import { checkMission, type MissionOutcome } from './check-mission.ts';
import {
  artifactFile,
  BASE_FILES,
  CHECKPOINT,
  ENTRIES,
  fileNameOf,
  leafFile,
  LOG_KEY,
  MANIFEST,
  POLICY,
  proofFile,
  README,
  recordedStatements,
  SIGNING_KEY,
  statementFile,
  SUMS,
  TREE,
} from './export-layout.ts';
import { type ExportKeys, exportKeys, type GivenTrust } from './export-keys.ts';
import type { ExportManifest } from './export-manifest.ts';
import { Failures } from './failure.ts';
import type { ExpectedIdentity } from './keyless/identity-match.ts';
import { type ExportFiles, READ_LIMITS, readExport, type ReadLimits } from './read-export.ts';
import type { MissionMaterial } from './mission-material.ts';
import { gatePolicy, MISSION_CREATED, MISSION_FINISHED, readFinish } from './records.ts';
import { parseTreeListing, type TreeEntry } from './tree-listing.ts';
import { type Checked, noneChecked, type TrustedKey, type Verification, verification } from './verification.ts';
import { openBundleVerifier } from './verify-bundle.ts';

export interface VerifyExportOptions extends GivenTrust {
  /** Whose certificates count; anybody's whom a root certifies, if left out. */
  identity?: ExpectedIdentity | undefined;
  limits?: ReadLimits;
}

/**
 * Verifies an exported folder from what is in it alone: no workspace, no network. Whatever is in the folder, it answers with failures
 * rather than throwing. Throws `NOT_FOUND` without a folder, `KEY_UNUSABLE` for a key in `options` that is none, `TRUSTED_ROOT_UNUSABLE`
 * for such a root.
 */
export async function verifyExport(dir: string, options: VerifyExportOptions = {}): Promise<Verification> {
  const failures = new Failures();
  const checked = noneChecked();
  const files = readExport(dir, failures, options.limits ?? READ_LIMITS);
  const keys = exportKeys(files, options, failures);
  const verifier = await openBundleVerifier(keys.signing, { roots: keys.roots, identity: options.identity, logs: keys.logs });
  const manifest = checkFiles(files, verifier, failures);
  checkPresence(files, keys, failures);
  const log = checkLog(files, keys, { failures, checked });
  for (const statement of recordedStatements(log.entries)) checkProof(files, { log, statement }, { failures, checked });
  const material = materialOf(files, log, manifest);
  const mission = canJudge(keys, failures)
    ? await checkMission(material, verifier, { failures, checked })
    : { id: material.mission };
  checkAccounted(files, { log, keys, failures });
  checkMissionIds(log, { mission, manifest, failures });
  checked.files = [...files.keys()].filter((path) => !failures.about(path)).length;
  const from = options.identity !== undefined ? 'user' : (options.roots ?? []).length > 0 ? 'root' : 'folder';
  const identities = verifier.identities().map((identity) => ({ ...identity, from }) as const);
  const trust = trustOf(keys, manifest, { failures, checked, isIdentified: from === 'user' && identities.length > 0 });
  return verification(failures, { missions: [mission], checked, trust, identities });
}

const FIXED_FILES = [MANIFEST, SUMS, README, TREE, CHECKPOINT, ENTRIES, SIGNING_KEY, LOG_KEY];

function checkPresence(files: ExportFiles, { roots }: ExportKeys, failures: Failures): void {
  for (const path of FIXED_FILES) {
    if (path === SIGNING_KEY && roots.length > 0) continue;
    if (!files.has(path) && !failures.about(path)) failures.add(path, 'VERIFY_FILE_MISSING', 'every export has it');
  }
}

/** Without a key, or without entries that can be read, every further failure would only repeat that. */
function canJudge(keys: ExportKeys, failures: Failures): boolean {
  return keys.signing.length + keys.roots.length > 0 && !failures.about(ENTRIES);
}

function materialOf(files: ExportFiles, log: ExportedLog, manifest: ExportManifest | undefined): MissionMaterial {
  const { entries } = log;
  return {
    mission: manifest?.mission ?? entries[0]?.mission ?? '',
    subject: ENTRIES,
    entries,
    steps: () => entries,
    finished: true,
    entrySubject: () => ENTRIES,
    bundle: ({ fileName }) => found(files, statementFile(fileName)),
    statementSubject: (name) => statementFile(fileNameOf(name)),
    listing: () => found(files, TREE),
    base: (name) => found(files, BASE_FILES[name]),
    policy: () => found(files, POLICY),
    blobId: ({ path }, hash) => files.get(artifactFile(path))?.blobIds?.[hash],
    artifact: ({ path }) => ({ subject: artifactFile(path), content: files.get(artifactFile(path))?.digest }),
  };
}

function found(files: ExportFiles, path: string): { subject: string; content: Uint8Array | undefined } {
  return { subject: path, content: files.get(path)?.bytes };
}

/** A file may be listed and signed, and still be none of what the log tells of: such a file has no business here. */
function checkAccounted(
  files: ExportFiles,
  { log, keys, failures }: { log: ExportedLog; keys: ExportKeys; failures: Failures },
): void {
  if (log.signed === undefined || failures.about(ENTRIES, TREE, CHECKPOINT)) return;
  const names = recordedStatements(log.entries).map(({ fileName }) => fileName);
  const known = new Set([
    ...FIXED_FILES,
    ...keys.files,
    ...log.tiles,
    ...names.flatMap((name) => [statementFile(name), proofFile(name), leafFile(name)]),
    ...(gatePolicy(log.entries)?.digest === undefined ? [] : [POLICY]),
    ...(hasBase(log.entries) ? Object.values(BASE_FILES) : []),
    ...readListing(files).map(({ path }) => artifactFile(path)),
  ]);
  for (const path of files.keys()) {
    if (!known.has(path) && !failures.about(path)) failures.add(path, 'VERIFY_FILE_EXTRA', 'nothing in the log accounts for it');
  }
}

function hasBase(entries: readonly Entry[]): boolean {
  return entries.some(({ kind, data }) => kind === MISSION_CREATED && data['base'] !== undefined);
}

function readListing(files: ExportFiles): TreeEntry[] {
  try {
    return parseTreeListing(files.get(TREE)?.bytes ?? Buffer.alloc(0));
  } catch {
    return [];
  }
}

function checkMissionIds(
  log: ExportedLog,
  { mission, manifest, failures }: { mission: MissionOutcome; manifest: ExportManifest | undefined; failures: Failures },
): void {
  for (const entry of log.entries) {
    if (entry.mission === mission.id) continue;
    failures.add(ENTRIES, 'VERIFY_MISSION', `entry ${entry.seq} is not of mission ${mission.id}`);
  }
  const end = log.entries.findLast(({ kind }) => kind === MISSION_FINISHED);
  const head = end && readFinish(end)?.head;
  if (manifest !== undefined && head !== undefined && head !== manifest.head) {
    failures.add(MANIFEST, 'VERIFY_MANIFEST', `it is of product ${manifest.head}, the mission ended with ${head}`);
  }
}

/** The two keys vouch for each other: the signed list names the log's key, and the log records statements by their signer's key. */
function trustOf(
  keys: ExportKeys,
  manifest: ExportManifest | undefined,
  { failures, checked, isIdentified }: { failures: Failures; checked: Checked; isIdentified: boolean },
): TrustedKey[] {
  if (failures.any || manifest === undefined) return keys.trust;
  const byUser = new Set(keys.trust.filter(({ from }) => from === 'user').map(({ use }) => use));
  return keys.trust.map((key) => {
    const vouched =
      key.use === 'log'
        ? byUser.has('signing') || (isIdentified && keys.signing.length === 0)
        : byUser.has('log') && checked.proofs > 0;
    return key.from === 'folder' && vouched ? { ...key, from: 'vouched' } : key;
  });
}
