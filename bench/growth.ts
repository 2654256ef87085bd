import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { benchSigner } from './append-chain.ts';
import { type BenchRow, median, row } from './bench-row.ts';
import { openBenchLog, writeHistory } from './history.ts';
import { installedCli } from './installed.ts';

const ROUNDS = 9;
const TASKS = 1000;
const MISSIONS = 200;

/** A workspace of a million entries beside one of a single mission as large as each of its: what looking and opening cost. */
export async function benchGrowth(): Promise<BenchRow[]> {
  const cli = await installedCli();
  const folder = mkdtempSync(join(tmpdir(), 'bench-growth-'));
  const signer = benchSigner();
  const [small, large] = [join(folder, 'small'), join(folder, 'large')];
  try {
    await writeHistory(small, signer, { missions: 1, tasks: TASKS });
    const size = await writeHistory(large, signer, { missions: MISSIONS, tasks: TASKS });
    const rows: BenchRow[] = [];
    const measure = async (name: string, work: (dir: string) => number | Promise<number>, goal: string): Promise<void> => {
      const [few, many]: [number[], number[]] = [[], []];
      // The first round only warms up.
      for (let round = 0; round <= ROUNDS; round++) {
        const [one, million] = [await work(small), await work(large)];
        if (round === 0) continue;
        few.push(one);
        many.push(million);
      }
      rows.push(row(`growth: ${name} (baseline: one mission)`, { value: median(many), baseline: median(few), goal }));
    };
    await measure(`${size.toLocaleString('en')} entries, open for writing`, (dir) => opening(dir, signer), '< 500 ms');
    await measure('status', (dir) => command(cli, 'status', '--workspace', dir), '< 200 ms');
    await measure('missions', (dir) => command(cli, 'missions', '--workspace', dir), '');
    await measure('logs --follow, first line', (dir) => firstLine(cli, 'logs', 'latest', '--follow', '--workspace', dir), '');
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function opening(dir: string, signer: ReturnType<typeof benchSigner>): number {
  const start = performance.now();
  const log = openBenchLog(dir, signer);
  const time = performance.now() - start;
  log.close();
  return time;
}

function command(cli: string, ...args: string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

async function firstLine(cli: string, ...args: string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const time = performance.now() - start;
  child.kill();
  await once(child, 'exit');
  return time;
}
