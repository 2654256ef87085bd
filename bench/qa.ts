import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isBuildCurrent } from '../bin/build-freshness.js';
import { runProcess } from '../src/runtime/workspace/process.ts';
import { type BenchRow, median, row } from './bench-row.ts';

const ROUNDS = 5;
const ROOT = join(import.meta.dirname, '..');
const COMMAND = join(ROOT, 'bin', 'spec-kit.js');

/** Five seconds of `node --test`, in one file. */
const TEST = `import { test } from 'node:test';
for (let at = 0; at < 10; at++) test('waits ' + at, () => new Promise((resolve) => setTimeout(resolve, 500)));
`;

/** What it takes to have a project judged by the command as it is installed, beside its bare test runner: a suite of five seconds. */
export async function benchQa(): Promise<BenchRow[]> {
  if (!isBuildCurrent(ROOT)) await import('../scripts/build.ts');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-qa-')));
  writeFileSync(join(folder, 'package.json'), '{"name":"p","type":"module"}');
  writeFileSync(join(folder, 'slow.test.mjs'), TEST);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, AGENTNEXUS_KEYS: join(folder, 'keys') };
  const cases: Record<string, [string, ...string[]]> = {
    'node --test': [process.execPath, '--test'],
    'qa run, without walls': [process.execPath, COMMAND, 'qa', 'run', '--unsafe-no-sandbox'],
    'qa run, with walls': [process.execPath, COMMAND, 'qa', 'run'],
  };
  const samples = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, argv] of Object.entries(cases)) {
        const start = performance.now();
        const { code, stderr } = await runProcess(argv, { cwd: folder, env, timeoutMs: 120_000 });
        if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
        samples.get(name)?.push(performance.now() - start);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const baseline = median(samples.get('node --test') ?? []);
  const goal = 'at most 1.10 ×';
  return [...samples].map(([name, times]) =>
    row(name, { value: median(times), baseline, ...(name !== 'node --test' && { goal }) }),
  );
}
