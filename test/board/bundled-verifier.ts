import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { SIGSTORE_IN_BROWSERS } from '../../scripts/build/board.ts';
import type { verifyProof } from '../../src/board/proof/verify-proof.ts';

/** What browsers run to verify a proof: bundled as for them, so that it has WebCrypto and nothing of Node.js. */
export async function bundledVerifier(): Promise<typeof verifyProof> {
  const { outputFiles } = await build({
    absWorkingDir: join(import.meta.dirname, '../..'),
    entryPoints: ['src/board/proof/verify-proof.ts'],
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'esnext',
    ...SIGSTORE_IN_BROWSERS,
    write: false,
  });
  const folder = mkdtempSync(join(tmpdir(), 'verifier-'));
  try {
    for (const { path, contents } of outputFiles) writeFileSync(join(folder, basename(path)), contents);
    const all = await Promise.all(outputFiles.map(({ path }) => import(pathToFileURL(join(folder, basename(path))).href)));
    return all.find((module) => 'verifyProof' in module).verifyProof;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
