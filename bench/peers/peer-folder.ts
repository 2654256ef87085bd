import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Folder in which these npm packages are installed, outside of the project: made on first use and kept for the next, their install scripts not
 * run. Undefined where they cannot be had.
 */
export function npmPeer(name: string, packages: Record<string, string>): string | undefined {
  const folder = join(tmpdir(), 'spec-kit-bench', name);
  const lock = join(folder, 'package-lock.json');
  if (existsSync(lock)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  if (spawnSync('npm', install, { cwd: folder }).status === 0) return folder;
  missing(name, `npm cannot install ${Object.keys(packages).join(', ')}`);
  return undefined;
}

/** Whether a program can be started; says how to get it otherwise. */
export function hasProgram(program: string, debianPackage: string): boolean {
  if (spawnSync(program, ['--version']).status === 0) return true;
  missing(program, `apt-get install ${debianPackage}`);
  return false;
}

/** A peer that is not there is left out, not failed over. */
export function missing(peer: string, how: string): void {
  process.stderr.write(`  without ${peer}: ${how}\n`);
}
