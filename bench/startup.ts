import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BenchRow, median, row } from './bench-row.ts';
import { installedCli } from './installed.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 15;

/** Calls `main` of the sources, whether or not a build is there, the way `bin/launch.js` does. */
const FROM_SOURCES = `
  import { enableCompileCache } from 'node:module';
  enableCompileCache();
  const { main } = await import(${JSON.stringify(join(ROOT, 'src', 'cli', 'main.ts'))});
  process.exitCode = await main(['doctor'], ${JSON.stringify(ROOT)});`;

const BARE = 'node -e 0';
const casesIn = (cli: string, workspace: string): Record<string, string[]> => ({
  [BARE]: ['-e', '0'],
  'spec-kit --version': [cli, '--version'],
  'spec-kit --help': [cli, '--help'],
  'spec-kit doctor': [cli, 'doctor'],
  'spec-kit status': [cli, 'status', '--workspace', workspace],
  'spec-kit doctor, from src': ['--input-type=module', '-e', FROM_SOURCES],
});

/** Start-up of whole processes, medians, beside a bare Node. */
export async function benchStartup(): Promise<BenchRow[]> {
  const cli = await installedCli();
  const folder = mkdtempSync(join(tmpdir(), 'bench-startup-'));
  run([cli, 'init', join(folder, 'bundle')]);
  run([cli, 'apply', join(folder, 'bundle'), '--workspace', join(folder, 'workspace'), '--ui', 'silent']);
  const cases = casesIn(cli, join(folder, 'workspace'));
  const samples = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  // Interleaved, so that a busy moment of the machine falls on all of them. The first round only warms the caches.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, args] of Object.entries(cases)) {
      const time = run(args);
      if (round > 0) samples.get(name)?.push(time);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  const baseline = median(samples.get(BARE) ?? []);
  return [...samples].map(([name, times]) => row(name, { value: median(times), baseline }));
}

function run(args: string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  // `doctor` answers 4 where the machine lacks something, which takes as long.
  if (status !== 0 && status !== 4) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}
