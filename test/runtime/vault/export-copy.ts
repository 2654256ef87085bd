import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'vitest';

import { type Digest, sha256 } from '../../../src/base/digest.ts';
import { formatSums } from '../../../src/runtime/vault/export-layout.ts';
import { exportManifest } from '../../../src/runtime/vault/export-manifest.ts';
import type { StatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { verifyExport, type VerifyExportOptions } from '../../../src/runtime/vault/verify-export.ts';
import { MISSION } from './sample-mission.ts';

/** A copy of an export to do harm to. */
export class ExportCopy {
  readonly dir = mkdtempSync(join(tmpdir(), 'export-'));

  constructor(original: string) {
    cpSync(original, this.dir, { recursive: true });
  }

  /** Every file, in order. */
  paths(): string[] {
    return readdirSync(this.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.dir.length + 1))
      .toSorted();
  }

  read(path: string): Buffer {
    return readFileSync(join(this.dir, path));
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), content);
  }

  remove(path: string): void {
    rmSync(join(this.dir, path));
  }

  rename(path: string, to: string): void {
    renameSync(join(this.dir, path), join(this.dir, to));
  }

  /** Takes a statement, its proof and its entry out. */
  dropStatement(name: string): void {
    for (const path of [`evidence/${name}.sigstore.json`, `proofs/${name}.tlog-proof`, `proofs/${name}.entry.json`])
      this.remove(path);
    this.dropEntries(`\\"name\\":\\"${name}\\"`);
  }

  dropEntries(that: string): void {
    const lines = this.read('log/entries.jsonl').toString().split('\n');
    this.write('log/entries.jsonl', lines.filter((line) => !line.includes(that)).join('\n'));
  }

  /** Makes SHA256SUMS right again, as anyone can. */
  repairSums(): void {
    this.write('SHA256SUMS', formatSums(this.#digests('SHA256SUMS')));
  }

  /** Signs the list of files again, as only the holder of a key can. */
  async signAgain(signer: StatementSigner, claim: { mission?: string; head?: Digest } = {}): Promise<void> {
    const files = this.#digests('SHA256SUMS', 'export.sigstore.json');
    const manifest = { mission: MISSION, head: sha256(this.read('tree.json')), files, ...claim };
    this.write('export.sigstore.json', await signer.sign(exportManifest(manifest)));
    this.repairSums();
  }

  #digests(...but: string[]): Map<string, string> {
    const paths = this.paths().filter((path) => !but.includes(path));
    return new Map(paths.map((path) => [path, sha256(this.read(path)).slice('sha256:'.length)]));
  }

  /** What a verifier finds wrong. */
  async failures(options: VerifyExportOptions = {}) {
    const { result, failures } = await verifyExport(this.dir, options);
    if ((result === 'verified') !== (failures.length === 0)) throw new Error(`${result} with ${failures.length} failures`);
    return failures;
  }

  delete(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Matches a failure, whatever its message. */
export function failure(subject: string, code: string): unknown {
  return expect.objectContaining({ subject, code });
}
