import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BenchRow, median, row } from './bench-row.ts';
import { writeBundle } from './bundle.ts';

const CLI = join(import.meta.dirname, '..', 'bin', 'spec-kit.js');
const TASKS = 1000;
const ROUNDS = 9;

/**
 * Applying 1,000 tasks for the first time, and again with nothing to do, beside Turborepo on 1,000 packages. Turborepo is installed for
 * the run; without it there is no baseline, and the row says so by `NaN`.
 */
export async function benchApply(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-apply-'));
  try {
    writeBundle(join(folder, 'bundle'), TASKS);
    const apply = (): number =>
      timed(process.execPath, [CLI, 'apply', 'bundle', '--workspace', 'workspace', '--ui', 'silent'], folder);
    const first = apply();
    const turbo = prepareTurbo(join(folder, 'turbo'));
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(apply());
      if (turbo !== undefined) theirs.push(turbo.again());
    }
    return [
      row('apply: 1,000 tasks, first time (baseline: turbo, `true`)', { value: first, baseline: turbo?.first ?? Number.NaN }),
      row('apply: 1,000 tasks, nothing to do (baseline: turbo)', { value: median(ours), baseline: median(theirs) }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(program: string, args: string[], cwd: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

/** A workspace of packages whose `build` does nothing, built once (minutes: npm starts each); or undefined if Turborepo cannot be installed here. */
function prepareTurbo(folder: string): { first: number; again: () => number } | undefined {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: 'peer',
    private: true,
    packageManager: 'npm@11.0.0',
    workspaces: ['packages/*'],
    devDependencies: { turbo: '2' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-workspaces'], { cwd: folder, encoding: 'utf8' });
  if (install.status !== 0) return undefined;
  for (let index = 0; index < TASKS; index++) {
    const home = join(folder, 'packages', `p${index}`);
    mkdirSync(home, { recursive: true });
    const needs = index % 100 === 0 ? {} : { dependencies: { [`p${index - 1}`]: '*' } };
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ name: `p${index}`, version: '1.0.0', scripts: { build: 'true' }, ...needs }),
    );
  }
  writeFileSync(join(folder, 'turbo.json'), JSON.stringify({ tasks: { build: { dependsOn: ['^build'] } } }));
  spawnSync('npm', ['install', '--package-lock-only', '--no-audit'], { cwd: folder });
  spawnSync('git', ['init', '-q'], { cwd: folder });
  const turbo = join(folder, 'node_modules', '.bin', 'turbo');
  const build = (): number => timed(turbo, ['run', 'build', '--output-logs=none'], folder);
  try {
    return { first: build(), again: build };
  } catch {
    return undefined;
  }
}
