import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { messageOf } from '../../base/errors.ts';
import { tarEntries } from '../../spec/archive/tar-entries.ts';
import { compareFiles } from './check-files.ts';
import { exportKeys } from './export-keys.ts';
import { Failures, type VerifyFault } from './failure.ts';
import { RELEASE, RELEASE_FILE } from './promote/release-statement.ts';
import { ARCHIVE } from './promote/release.ts';
import { type ExportFiles, READ_LIMITS, readExport } from './read-export.ts';
import { isSafePath } from './safe-path.ts';
import { type Verification, verification } from './verification.ts';
import { verifyExport, type VerifyExportOptions } from './verify-export.ts';
import { openBundleVerifier } from './verify-bundle.ts';

/** Assets are held in memory: the archives among them are larger than what lies in an export. */
const LIMITS = { ...READ_LIMITS, fileBytes: READ_LIMITS.heldBytes };

/**
 * Verifies the assets of a release as they were fetched into a folder: the proof of the mission in its archive, as `verifyExport` does; and by the keys that hold
 * there, the statement of what the release is made of, which must be all that there is.
 */
export async function verifyRelease(dir: string, options: VerifyExportOptions = {}): Promise<Verification> {
  const failures = new Failures();
  const files = readExport(dir, failures, LIMITS);
  const temp = mkdtempSync(join(tmpdir(), 'agentnexus-release-'));
  try {
    const fault = await unpack(files.get(ARCHIVE)?.bytes, temp);
    if (fault !== undefined) failures.add(ARCHIVE, fault.code, fault.message);
    const proof = await verifyExport(temp, options);
    const isSigned = await checkRelease(files, readExport(temp, new Failures()), { options, failures });
    if (fault === undefined) passOn(proof, failures);
    const { missions, trust, identities, checked } = proof;
    checked.files += [...files.keys()].filter((path) => !failures.about(path)).length;
    checked.signatures += isSigned ? 1 : 0;
    checked.statements += isSigned ? 1 : 0;
    return verification(failures, { missions, trust, identities, checked });
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** Whether the statement itself is good; the files are held against it. */
async function checkRelease(
  files: ExportFiles,
  proof: ExportFiles,
  { options, failures }: { options: VerifyExportOptions; failures: Failures },
): Promise<boolean> {
  const { signing, roots, logs } = exportKeys(proof, options, new Failures());
  const verifier = await openBundleVerifier(signing, { roots, logs, identity: options.identity });
  const check = verifier.verify(files.get(RELEASE_FILE)?.bytes ?? Buffer.alloc(0));
  if (!check.valid) {
    failures.add(RELEASE_FILE, check.code, check.message);
    return false;
  }
  const { predicateType, subject } = check.verified.statement;
  if (predicateType !== RELEASE) {
    failures.add(RELEASE_FILE, 'VERIFY_MANIFEST', `it is signed, but no statement of a release: ${predicateType}`);
    return false;
  }
  const expected = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  const assets = new Map([...files].filter(([path]) => path !== RELEASE_FILE));
  compareFiles(assets, { expected, by: RELEASE_FILE, failures });
  return true;
}

function passOn({ failures: found, omitted }: Verification, failures: Failures): void {
  for (const { subject, code, message } of found) failures.add(`${ARCHIVE}/${subject}`, code, message);
  failures.omitted += omitted;
}

/** Why the archive cannot be unpacked. Anybody may have packed it: what is too much, or no file, ends it. */
async function unpack(archive: Buffer | undefined, dir: string): Promise<VerifyFault | undefined> {
  if (archive === undefined) return { code: 'VERIFY_FILE_MISSING', message: 'it holds the proof, and is not there' };
  let bytes = 0;
  let files = 0;
  const wanted = (path: string, size: number): boolean => {
    bytes += size;
    if (++files > LIMITS.files || bytes > LIMITS.artifactBytes) throw new RangeError(`${path} is too much`);
    return true;
  };
  try {
    for await (const entry of tarEntries(Readable.from([archive]).pipe(createGunzip()), ARCHIVE, wanted)) {
      const path = entry.path.slice(entry.path.indexOf('/') + 1);
      if (entry.kind === 'folder') continue;
      if (entry.content === undefined) return { code: 'VERIFY_FILE_KIND', message: `${path} is a link` };
      if (!isSafePath(path)) return { code: 'VERIFY_PATH', message: `${path} is not safe to use` };
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), entry.content, { flag: 'wx' });
    }
  } catch (error) {
    return { code: error instanceof RangeError ? 'VERIFY_LIMIT' : 'VERIFY_UNREADABLE', message: messageOf(error) };
  }
  return undefined;
}
