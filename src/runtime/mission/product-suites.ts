import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { digestOf } from '../../base/digest.ts';
import type { SuiteResult } from '../qa/suite-result.ts';
import type { Sandbox } from '../qa/test-runner.ts';
import type { Attempt } from './runner.ts';
import type { ProductSuite, QaSetting } from './settings.ts';
import { wallsAround } from './walls-around.ts';
import { textsFor } from './weakening-of.ts';
import type { Workbench } from './workbench.ts';

export interface NamedResult {
  name: string;
  result: SuiteResult;
}

interface Desk {
  bench: Workbench;
  signal: AbortSignal;
  setting: QaSetting;
}

/** What judges a product that passes its own tests: the tests that nobody has seen who made it, and the suites that the user has asked for. */
export async function runProductSuites(attempt: Attempt, desk: Desk): Promise<NamedResult[]> {
  const { heldOut = [], suites = [] } = desk.setting;
  const results: NamedResult[] = heldOut.length === 0 ? [] : [{ name: 'held-out', result: await heldOutTests(attempt, desk) }];
  for (const name of suites) results.push({ name, result: await inCopy(attempt, desk, SUITES[name]) });
  return results;
}

async function heldOutTests(attempt: Attempt, { bench, signal, setting }: Desk): Promise<SuiteResult> {
  const { runHeldOut } = await import('../qa/held-out/run-held-out.ts');
  const walls = await wallsAround([attempt], attempt.tree(), bench);
  const call = { signal, ...(walls && { walls }) };
  return runHeldOut(setting.heldOut ?? [], attempt.tree(), { engine: bench.qa, call });
}

type Suite = (attempt: Attempt, desk: Desk & { sandbox: Sandbox; installed: string }) => Promise<SuiteResult>;

const SUITES: Readonly<Record<ProductSuite, Suite>> = {
  async contracts(attempt, { bench, setting, sandbox }) {
    const { contractsIn, runContracts } = await import('../qa/contracts/contract-suite.ts');
    const files = new Map(attempt.tree().map(({ path, digest }) => [path, digest]));
    const textOf = (path: string) => {
      const digest = files.get(path);
      return digest === undefined ? undefined : Buffer.from(bench.store.get(digest)).toString('utf8');
    };
    // The same product is judged by the same values, wherever that is done again.
    const seed = Number.parseInt(digestOf([...files]).slice(-7), 16);
    return runContracts(setting.contracts ?? contractsIn([...files.keys()]), textOf, { sandbox, options: { seed } });
  },
  async mutation(attempt, { bench, setting, sandbox, installed }) {
    const [{ changedRanges, isMutable }, { runMutation }] = await Promise.all([
      import('../qa/mutation/changed-lines.ts'),
      import('../qa/mutation/mutation-suite.ts'),
    ]);
    const trees = {
      before: textsFor(attempt.base?.tree ?? [], { store: bench.store, wanted: isMutable }),
      after: textsFor(attempt.tree(), { store: bench.store, wanted: isMutable }),
    };
    return runMutation(changedRanges(trees), { installed, sandbox, machine: bench.machine, least: setting.policy?.mutation });
  },
};

/** Runs a suite on a copy of its own, with what the user has installed beside the repository. */
async function inCopy(attempt: Attempt, desk: Desk, suite: Suite): Promise<SuiteResult> {
  const { bench, signal } = desk;
  const { projectSandbox } = await import('../qa/project-sandbox.ts');
  const scratch = mkdtempSync(join(bench.scratch, 'suite-'));
  chmodSync(scratch, 0o711);
  try {
    const installed = bench.repositoryOf?.(attempt.mission) ?? scratch;
    const product = { tree: attempt.tree(), read: bench.store.get.bind(bench.store) };
    const sandbox = projectSandbox(product, { scratch, installed, signal });
    const around = await wallsAround([attempt], product.tree, bench);
    const walls = around && { ...around, read: [...(around.read ?? []), join(installed, 'node_modules')] };
    return await suite(attempt, { ...desk, sandbox: { ...sandbox, ...(walls && { walls }) }, installed });
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
