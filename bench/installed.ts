import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isBuildCurrent } from '../bin/build-freshness.js';

const ROOT = join(import.meta.dirname, '..');
const COPIED = ['bin', 'dist', 'package.json', 'oclif.manifest.json'];
const LINKED = ['schemas', 'templates', 'docs', 'node_modules'];

let installed: string | undefined;

/**
 * The command line as it is installed: without sources. In a checkout each start looks at the time of every source file first, which takes as long as half a
 * bare Node. Builds where the build is not current.
 */
export async function installedCli(): Promise<string> {
  if (!isBuildCurrent(ROOT)) await import('../scripts/build.ts');
  installed ??= install();
  return join(installed, 'bin', 'spec-kit.js');
}

function install(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-installed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}
