import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BenchRow, median, row } from './bench-row.ts';
import { writeBundle } from './bundle.ts';
import { installedCli } from './installed.ts';
import { inTurn, type Shape, startTurbo, timed } from './peers/task-runners.ts';

const ROUNDS = 9;
const THOUSAND: Shape = { chains: 10, length: 100 };

/**
 * Applying a thousand tasks of a native bundle, done by the embedded agent, for the first time and with nothing to do, beside Turborepo;
 * without it there is no baseline, and the rows say `NaN`.
 */
export async function benchApply(): Promise<BenchRow[]> {
  const cli = await installedCli();
  const folder = mkdtempSync(join(tmpdir(), 'bench-apply-'));
  const turbo = startTurbo(THOUSAND);
  try {
    writeBundle(join(folder, 'bundle'), 1000);
    const apply = (): number =>
      timed([process.execPath, cli, 'apply', 'bundle', '--workspace', 'workspace', '--ui', 'silent'], folder);
    const [first, theirFirst] = [apply(), turbo?.cold() ?? Number.NaN];
    const [ours, theirs = []] = inTurn(ROUNDS, turbo?.again === undefined ? [apply] : [apply, turbo.again]);
    return [
      row('apply: 1,000 tasks, first time (baseline: turbo, `true`)', { value: first, baseline: theirFirst }),
      row('apply: 1,000 tasks, nothing to do (baseline: turbo)', {
        value: median(ours ?? []),
        baseline: median(theirs),
        goal: '≤ 0.75 ×',
      }),
    ];
  } finally {
    turbo?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
