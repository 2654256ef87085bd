import { chmodSync, mkdtempSync, rmSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf, NexusError } from '../../base/errors.ts';
import type { EntryDraft } from '../log/entry.ts';
import { findProgram } from '../qa/runners/machine.ts';
import type { Tree } from '../vault/artifact.ts';
import { type ScanReport, vulnerabilityScan } from '../vault/vulnerability-scan.ts';
import { checkout } from '../workspace/checkout.ts';
import { findOsvDatabase, type OsvDatabase, runOsvScanner } from '../workspace/osv-scanner.ts';
import { sealed, type StatementDraft } from './evidence.ts';
import type { Attempt } from './runner.ts';
import type { ScanSetting } from './settings.ts';
import type { Workbench } from './workbench.ts';

/** The product was to be scanned and was not, because of what is lacking here: nothing is claimed of it. */
const SCAN_SKIPPED = 'scan.skipped';

/** What came of a scan. `fault`: the scanner could not take the product, which is no reason to let it pass. */
export interface Scanned {
  statements: StatementDraft[];
  skipped: EntryDraft[];
  fault?: string;
}

/** Looks the product up for known vulnerabilities, and signs what was found; where there is no scanner, or nothing to look it up in, the log says so. */
export async function scanProduct(attempt: Attempt, setting: ScanSetting, bench: Workbench): Promise<Scanned> {
  const tree = attempt.tree();
  const { mode, threshold } = setting;
  const program = findProgram('osv-scanner', bench.machine);
  if (program === undefined) return skipped(attempt, { why: 'osv-scanner is not on PATH', bench });
  const database = mode === 'offline' ? findOsvDatabase(bench.machine) : undefined;
  if (mode === 'offline' && database === undefined)
    return skipped(attempt, { why: 'there is no database of OSV to look it up in', bench });
  const report = await scanned(attempt, { tree, mode, program, database, bench });
  if (typeof report === 'string')
    return { statements: [], skipped: [], fault: `it could not be scanned for vulnerabilities: ${report}` };
  const statement = vulnerabilityScan(tree, report, threshold);
  return { statements: [await sealed(attempt, { name: 'vulnerabilities', statement, notary: bench })], skipped: [] };
}

function skipped({ mission, task }: Attempt, { why, bench }: { why: string; bench: Workbench }): Scanned {
  bench.onUnscanned?.(why);
  return {
    statements: [],
    skipped: [{ kind: SCAN_SKIPPED, mission, task: task.id, data: { scanner: 'osv-scanner', reason: why } }],
  };
}

interface Scan extends Pick<ScanSetting, 'mode'> {
  tree: Tree;
  program: string;
  database: OsvDatabase | undefined;
  bench: Workbench;
}

/** A text says why there is no report. */
async function scanned({ mission }: Attempt, { tree, mode, program, database, bench }: Scan): Promise<ScanReport | string> {
  const { scratch, store, clock } = bench;
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'scan-'));
  try {
    chmodSync(folder, 0o711);
    const [product, home] = [join(folder, 'product'), join(folder, 'home')];
    checkout(tree, product, (digest) => store.get(digest));
    mkdirSync(home);
    const sandbox = (await bench.wallsFor?.(mission, tree))?.sandbox;
    return await runOsvScanner(product, { program, database, mode, home, sandbox, clock });
  } catch (error) {
    // No product is at fault where we have no room.
    if (error instanceof NexusError && error.code === 'WORKSPACE_FULL') throw error;
    return messageOf(error);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
