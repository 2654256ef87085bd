import { hexOf } from '../../base/digest.ts';
import { canonicalJson } from '../../base/json.ts';
import { formatSums, MANIFEST, parseSums, SIGNING_KEY, SUMS } from './export-layout.ts';
import { type ExportManifest, readManifest } from './export-manifest.ts';
import type { Failures, VerifyFault } from './failure.ts';
import type { ExportFiles } from './read-export.ts';
import { parseStrictJson } from './strict-json.ts';
import type { BundleVerifier } from './verify-bundle.ts';

/**
 * Compares the folder with the signed list of its files, and SHA256SUMS with both. Without a good list, SHA256SUMS still tells which file
 * was damaged. Returns the list if its signature holds.
 */
export function checkFiles(files: ExportFiles, verifier: BundleVerifier, failures: Failures): ExportManifest | undefined {
  const { manifest, fault } = verifyManifest(files, verifier);
  const sums = parseSums(files.get(SUMS)?.bytes?.toString() ?? '');
  if (manifest !== undefined) {
    compare(files, { expected: manifest.files, by: 'the signed list', failures });
    checkSums(files, manifest, failures);
    findExtra(files, { expected: manifest.files, by: 'the signed list', failures });
  } else if (sums !== undefined && sums.size > 0) {
    compareFiles(files, { expected: sums, by: SUMS, failures });
  }
  // A list that cannot be checked for want of its key is not itself at fault.
  if (fault !== undefined && !failures.about(SIGNING_KEY)) failures.add(MANIFEST, fault.code, fault.message);
  return manifest;
}

function verifyManifest(files: ExportFiles, verifier: BundleVerifier): { manifest?: ExportManifest; fault?: VerifyFault } {
  const bytes = files.get(MANIFEST)?.bytes;
  if (bytes === undefined) return { fault: { code: 'VERIFY_FILE_MISSING', message: 'the signed list of files is not there' } };
  const check = verifier.verify(bytes);
  if (!check.valid) return { fault: check };
  // What SHA256SUMS says of this file is held against it, so it must have no second way to be written.
  if (canonicalJson(parseStrictJson(bytes)) !== bytes.toString()) {
    return { fault: { code: 'VERIFY_MANIFEST', message: 'it is not written as it was signed' } };
  }
  const manifest = readManifest(check.verified.statement);
  return manifest === undefined
    ? { fault: { code: 'VERIFY_MANIFEST', message: 'it is signed, but no list of files' } }
    : { manifest };
}

interface Comparison {
  expected: ReadonlyMap<string, string>;
  by: string;
  failures: Failures;
}

/** Nothing missing, nothing more, no other bytes. */
export function compareFiles(files: ExportFiles, comparison: Comparison): void {
  compare(files, comparison);
  findExtra(files, comparison);
}

function compare(files: ExportFiles, { expected, by, failures }: Comparison): void {
  for (const [path, hex] of expected) {
    const file = files.get(path);
    if (file === undefined) {
      if (!failures.about(path)) failures.add(path, 'VERIFY_FILE_MISSING', `${by} names it, and it is not there`);
    } else if (hexOf(file.digest) !== hex) {
      failures.add(path, 'VERIFY_FILE_CHANGED', `its content is ${file.digest}; ${by} has sha256:${hex}`);
    }
  }
}

function findExtra(files: ExportFiles, { expected, by, failures }: Comparison): void {
  for (const path of files.keys()) {
    if (expected.has(path) || path === MANIFEST || path === SUMS) continue;
    failures.add(path, 'VERIFY_FILE_EXTRA', `${by} does not name it`);
  }
}

function checkSums(files: ExportFiles, manifest: ExportManifest, failures: Failures): void {
  const file = files.get(SUMS);
  const own = files.get(MANIFEST);
  if (file?.bytes === undefined || own === undefined) {
    if (!failures.about(SUMS)) failures.add(SUMS, 'VERIFY_FILE_MISSING', 'it is not there');
    return;
  }
  const expected = formatSums(new Map([...manifest.files, [MANIFEST, hexOf(own.digest)]]));
  const text = file.bytes.toString('latin1');
  if (Buffer.from(expected).toString('latin1') === text) return;
  const lines = text.split('\n');
  const at = expected.split('\n').findIndex((line, i) => Buffer.from(line).toString('latin1') !== lines[i]);
  failures.add(SUMS, 'VERIFY_SUMS', `line ${at + 1} is not what the signed list of files has`);
}
