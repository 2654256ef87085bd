import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Digest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { Tree } from '../vault/artifact.ts';
import { checkout } from '../workspace/checkout.ts';
import { cleanEnvironment } from '../workspace/process.ts';
import { productPathsFault } from '../workspace/product-path.ts';
import { removeFolder } from '../workspace/remove-folder.ts';
import { checkDocumentsApart } from './check-documents.ts';
import { type Compilation, compile } from './compile.ts';
import { linkDependencies } from './dependencies.ts';
import type { ImportGraph } from './import-graph.ts';
import { judge } from './judge.ts';
import { checkPackageJson } from './package-json.ts';
import { isCoverable, type Product, readProduct, testsOf } from './product.ts';
import type { Check, CheckResult, Finding, QaRequest } from './report.ts';
import { emptyOutcome, runTests, type TestOutcome } from './run-tests.ts';
import type { Walls } from './walls.ts';
import type { QaCommand } from './runners/command.ts';
import type { Machine } from './runners/machine.ts';
import type { QaLimits, Sandbox, TestRunner } from './test-runner.ts';

/** What judging works with, batch after batch. */
export interface Bench {
  read: (digest: Digest) => Uint8Array;
  scratch: string;
  jobs: number;
  limits: QaLimits;
  runner: TestRunner;
  tools: Readonly<Record<string, string>>;
  imports: ImportGraph;
  machine?: Machine;
  commands?: readonly QaCommand[];
  installed?: string;
  suite?: string;
}

export interface QaCall {
  signal?: AbortSignal;
  /** Hears of progress: one line for each test file. */
  onLine?: (line: string) => void;
  /** Around everything that runs the product's code. */
  walls?: Walls;
}

/**
 * Judges some of the checks, at least one. Checks of scope `unit` see only what they can load, so that the cost of a batch goes by its size,
 * not by the product's. A file that cannot be parsed hides the type errors of all others: then only those who load it are judged, and the rest
 * wait for a compilation without it.
 */
export async function judgeBatch({ checks, tree, ...more }: QaRequest, bench: Bench, call: QaCall): Promise<CheckResult[]> {
  const products = checks.filter(({ scope }) => scope === 'product');
  if (products.length > 0 && products.length < checks.length) return judgeBatch({ checks: products, tree, ...more }, bench, call);
  const whole = checks.some(({ scope }) => scope !== 'unit');
  const paths = checks.flatMap(({ artifacts }) => artifacts.map(({ path }) => path));
  const seen = whole ? tree : bench.imports.narrow(tree, paths);
  const pathFault = productPathsFault(seen.map(({ path }) => path));
  if (pathFault !== undefined) return checks.map((check) => unwritable(check, pathFault, bench));
  const folder = freshFolder(bench.scratch);
  try {
    return await judgeIn(folder, { checks, tree: seen, ...more }, { bench, call });
  } finally {
    await removeFolder(folder);
  }
}

/** A product that no file system would take whole fails as a whole. */
function unwritable({ task, scope, artifacts }: Check, fault: string, { runner, tools }: Bench): CheckResult {
  const faults = [{ code: 'QA_PATH', message: `The product cannot be written: ${fault}.` }];
  const suite = scope === 'unit' ? runner.name : scope;
  return judge({ task, artifacts }, { suite, tools, tests: [], faults, outcome: NO_TESTS });
}

/** Jest takes the path of a product for a pattern, and sees no tests below a `node_modules`. */
const UNFIT = /[[\]{}()!*?]|[/\\]node_modules(?:[/\\]|$)/;

/** A new folder below `scratch`, or below the system's where Jest could not work in it. */
function freshFolder(scratch: string): string {
  mkdirSync(scratch, { recursive: true });
  const parent = UNFIT.test(realpathSync(scratch)) ? tmpdir() : scratch;
  return mkdtempSync(join(parent, 'qa-'));
}

async function judgeIn(folder: string, { checks, tree, only }: QaRequest, { bench, call }: Desk): Promise<CheckResult[]> {
  const sandbox = openSandbox(folder, bench, call);
  if (checks.every(({ scope }) => scope === 'product')) {
    const { judgeProduct } = await import('./judge-product.ts');
    return judgeProduct({ checks, tree, ...(only && { only }) }, bench, sandbox);
  }
  checkout(tree, sandbox.product, bench.read);
  const product = readProduct(tree, sandbox.product);
  const missing = linkDependencies(sandbox.product, product.recipe.dependencies);
  const compilation = await compile(product.recipe.projects, sandbox);
  const faults = new Map<Check, Finding[]>();
  for (const check of checks) {
    const own = check.scope === 'package' ? await packageFaults(product, { tree, missing, sandbox }) : product.faults;
    faults.set(check, [...compileFaults(check, compilation, { tree, imports: bench.imports }), ...own]);
  }
  const sound = checks.filter((check) => faults.get(check)?.length === 0);
  const wait = compilation.incomplete && sound.length > 0 && sound.length < checks.length;
  const outcome = wait ? NO_TESTS : await testAll(sound, { product, compilation }, { bench, sandbox });
  const judged = wait ? checks.filter((check) => !sound.includes(check)) : checks;
  return judged.map((check) => {
    const suite = check.scope === 'package' ? 'package' : bench.runner.name;
    const known = { suite, tools: bench.tools, tests: testsOf(check), faults: faults.get(check) ?? [], outcome };
    return judge({ task: check.task, artifacts: check.artifacts }, known);
  });
}

interface Desk {
  bench: Bench;
  call: QaCall;
}

const NO_TESTS = emptyOutcome();

function openSandbox(folder: string, { jobs, limits }: Bench, { signal, onLine, walls }: QaCall): Sandbox {
  if (signal?.aborted === true) throw new NexusError('INTERRUPTED', 'Stopped before judging.');
  return {
    product: join(folder, 'product'),
    scratch: join(folder, 'runs'),
    env: cleanEnvironment(join(folder, 'home')),
    jobs,
    limits,
    ...(signal && { signal }),
    ...(onLine && { onLine }),
    ...(walls && { walls }),
  };
}

/**
 * Compile errors that a check answers for: those of all files that its artifacts load, whoever wrote them (a check on code that does not
 * compile says nothing), and those of the project as a whole. A `package` check answers for all.
 */
function compileFaults(check: Check, { findings }: Compilation, { tree, imports }: Reach): Finding[] {
  if (findings.length === 0 || check.scope === 'package') return [...findings];
  const known = new Set(tree.map(({ path }) => path));
  const paths = check.artifacts.map(({ path }) => path);
  const loaded = imports.closure(tree, paths);
  return findings.filter(({ path }) => path === undefined || loaded.has(path) || !known.has(path) || path.endsWith('.json'));
}

interface Reach {
  tree: Tree;
  imports: ImportGraph;
}

async function packageFaults(
  { packageJson, faults }: Product,
  { tree, missing, sandbox }: { tree: Tree; missing: readonly string[]; sandbox: Sandbox },
): Promise<Finding[]> {
  const manifest = faults.length > 0 ? faults : checkPackageJson(packageJson, sandbox.product, missing);
  return [...manifest, ...(await checkDocumentsApart(tree, sandbox))];
}

function testAll(
  checks: readonly Check[],
  { product, compilation }: { product: Product; compilation: Compilation },
  { bench, sandbox }: { bench: Bench; sandbox: Sandbox },
): Promise<TestOutcome> {
  const code = checks.flatMap(({ artifacts }) => artifacts.filter(isCoverable));
  return runTests(
    bench.runner,
    {
      files: unique(checks.flatMap(testsOf)),
      sources: unique(code.map(({ path }) => path)),
      layouts: compilation.layouts,
      config: product.recipe.jestConfig,
    },
    sandbox,
  );
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
