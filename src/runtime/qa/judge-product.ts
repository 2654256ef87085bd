import { existsSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { compareText } from '../../base/text.ts';
import type { Artifact, Tree } from '../vault/artifact.ts';
import { checkout } from '../workspace/checkout.ts';
import { coverageOf, overall, capped, testFindings } from './judge.ts';
import type { Bench } from './judge-batch.ts';
import type { Check, CheckResult, Finding, QaRequest } from './report.ts';
import { repeatFailures } from './repeat-failures.ts';
import { emptyOutcome, runTests, type TestOutcome } from './run-tests.ts';
import { commandSuites, reportsTests } from './runners/command.ts';
import { go } from './runners/go.ts';
import { javascript } from './runners/javascript.ts';
import { python } from './runners/python.ts';
import { rust } from './runners/rust.ts';
import { foldersWith, inProduct, type ProductView, type ProjectKind, type Suite } from './runners/suite.ts';
import type { Sandbox, TestFile } from './test-runner.ts';

const KINDS: readonly ProjectKind[] = [javascript, python, go, rust];

/**
 * Judges a whole product by the test tools that its projects use. Checks of one tree share one run, and every finding: whom a path belongs to is
 * for the caller to say.
 */
export async function judgeProduct({ checks, tree, only }: QaRequest, bench: Bench, sandbox: Sandbox): Promise<CheckResult[]> {
  checkout(tree, sandbox.product, bench.read);
  const product = viewOf(tree, sandbox.product);
  if (bench.installed !== undefined) bringModules(product, bench.installed);
  const opened = (await Promise.all(kindsFor(bench).map((kind) => kind.open(product, sandbox, bench.machine)))).flat();
  const named = bench.suite === undefined ? opened : opened.filter(({ tool }) => tool === bench.suite);
  const suites = only === undefined ? named : named.flatMap((suite) => narrowed(suite, only));
  const outcome = emptyOutcome();
  const deadline = performance.now() + sandbox.limits.testsMs;
  const tools: Record<string, string> = {};
  const known = new Set(tree.map(({ path }) => path));
  for (const suite of suites.filter(isSound)) {
    Object.assign(tools, suite.runner.tools);
    take(outcome, await runSuite(suite, sandbox, deadline), { root: suite.root, known });
  }
  if (only !== undefined) for (const path of outcome.files.keys()) if (!only.has(path)) outcome.files.delete(path);
  const faults = suites.flatMap((suite) => suite.faults);
  const judged = { faults, outcome, needsTests: tree.some(({ type }) => type !== 'analysis'), tools, known };
  return checks.map((check) => resultOf(check, judged));
}

/** A suite without the files that are not wanted; none where nothing is left of it. */
function narrowed(suite: Suite, only: ReadonlySet<string>): Suite[] {
  const files = suite.run.files.filter((path) => only.has(inProduct(suite.root, path)));
  // Such a tool runs all that there is; what is not wanted is left out of what it says.
  const run = suite.runner?.whole === true ? suite.run : { ...suite.run, files };
  return files.length === 0 ? [] : [{ ...suite, run }];
}

/** What is found in the product, and what the user has set: commands that report tests stand in for all that could be found. */
function kindsFor({ commands = [] }: Bench): readonly ProjectKind[] {
  if (commands.length === 0) return KINDS;
  return commands.some(reportsTests) ? [commandSuites(commands)] : [...KINDS, commandSuites(commands)];
}

/** Links the modules that the user has installed for the projects of a product. */
function bringModules(product: ProductView, installed: string): void {
  for (const root of new Set(['', ...foldersWith(['package.json'], product)])) {
    const modules = join(installed, root, 'node_modules');
    if (existsSync(modules)) symlinkSync(realpathSync(modules), join(product.folder, root, 'node_modules'), 'junction');
  }
}

function viewOf(tree: Tree, folder: string): ProductView {
  const texts = new Map<string, string>();
  const text = (path: string) => texts.get(path) ?? keep(path, readFileSync(join(folder, path), 'utf8'));
  const keep = (path: string, content: string) => {
    texts.set(path, content);
    return content;
  };
  return { tree, folder, text };
}

type SoundSuite = Suite & { runner: NonNullable<Suite['runner']> };

function isSound(suite: Suite): suite is SoundSuite {
  return suite.runner !== undefined && !suite.faults.some(isError);
}

function isError({ level }: Finding): boolean {
  return level !== 'note';
}

async function runSuite({ root, run, runner }: SoundSuite, outer: Sandbox, deadline: number): Promise<TestOutcome> {
  const limits = { ...outer.limits, testsMs: deadline - performance.now() };
  const sandbox = { ...outer, limits, product: join(outer.product, root), whole: outer.product };
  const outcome = await runTests(runner, run, sandbox);
  await repeatFailures(outcome, { runner, run, deadline }, sandbox);
  return outcome;
}

/** Adds what a project's suite found, under the product's paths. */
function take(whole: TestOutcome, part: TestOutcome, place: Place): void {
  const { root } = place;
  whole.findings.push(...part.findings);
  for (const [path, lines] of part.covered) whole.covered.set(inProduct(root, path), lines);
  for (const file of part.files.values()) {
    const path = inProduct(root, file.path);
    whole.files.set(path, relocated(file, place));
  }
  for (const [path, lines] of part.lines) {
    const source = inProduct(root, path);
    whole.lines.set(source, (whole.lines.get(source) ?? new Set()).union(lines));
  }
}

interface Place {
  root: string;
  /** All paths of the product: a stack trace names others too. */
  known: ReadonlySet<string>;
}

function relocated(file: TestFile, { root, known }: Place): TestFile {
  const inside = (paths: readonly string[] = []) => paths.map((path) => inProduct(root, path)).filter((path) => known.has(path));
  return {
    ...file,
    path: inProduct(root, file.path),
    related: inside(file.related),
    cases: file.cases.map((each) => ({ ...each, related: inside(each.related) })),
    covered: new Map([...file.covered].map(([path, lines]) => [inProduct(root, path), lines])),
  };
}

interface Judged {
  faults: readonly Finding[];
  outcome: TestOutcome;
  /** Whether there is anything that tests could be about. */
  needsTests: boolean;
  known: ReadonlySet<string>;
  tools: Readonly<Record<string, string>>;
}

function resultOf({ task, artifacts }: Check, { faults, outcome, needsTests, tools, known }: Judged): CheckResult {
  // In the same order every time, whichever file was done first: names of tests are signed.
  const files = [...outcome.files.values()].toSorted((a, b) => compareText(a.path, b.path));
  const cases = files.flatMap(({ path, cases: found }) => found.map((each) => ({ ...each, name: `${path} > ${each.name}` })));
  const named = (status: string) => cases.filter((each) => each.status === status).map(({ name }) => name);
  const [passed, failed] = [named('passed'), named('failed')];
  const flaky = files.flatMap(({ path, flaky: names = [] }) => names.map((name) => `${path} > ${name}`));
  const executed = needsTests && ![...faults, ...outcome.findings].some(isError) ? passed.length + failed.length : undefined;
  const found = [...faults, ...outcome.findings, ...testFindings(files, executed), ...flakyFindings(files)];
  const findings = found.map((finding) => located(finding, known)).toSorted((a, b) => Number(isError(b)) - Number(isError(a)));
  const coverageByPath = withUnmeasured(artifacts, coverageOf({ artifacts }, files, outcome));
  return {
    task,
    suite: 'product',
    result: findings.some(isError) ? 'fail' : 'pass',
    tests: {
      total: cases.length,
      passed: passed.length,
      failed: failed.length,
      skipped: cases.length - passed.length - failed.length,
    },
    passed,
    failed,
    skipped: named('skipped'),
    ...(flaky.length > 0 && { flaky }),
    coverage: files.some(({ state }) => state === 'ran') && outcome.lines.size > 0 ? overall(coverageByPath, outcome) : 0,
    coverageByPath,
    findings: capped(findings),
    tools,
  };
}

/** A finding about something that is no file of the product has no path: a command, a missing manifest. */
function located({ path, ...finding }: Finding, known: ReadonlySet<string>): Finding {
  return path === undefined || known.has(path)
    ? { ...finding, ...(path !== undefined && { path }) }
    : { ...finding, message: `${path}: ${finding.message}` };
}

/** Code that was not measured counts as not covered: nothing says that it was. */
function withUnmeasured(artifacts: readonly Artifact[], measured: ReadonlyMap<string, number>): Map<string, number> {
  const code = artifacts.filter(({ path, type }) => type === 'code' && SOURCE.test(path));
  return new Map(code.map(({ path }) => [path, measured.get(path) ?? 0]));
}

/** Languages of which some tool could say what its tests reach. */
const SOURCE = /(?<!\.d)\.(?:[cm]?[jt]sx?|py|go|rs)$/;

function flakyFindings(files: readonly TestFile[]): Finding[] {
  return files.flatMap(({ path, flaky = [] }) =>
    flaky.map((name): Finding => ({
      code: 'QA_FLAKY',
      level: 'note',
      path,
      message: `${name}: failed, and passed when its file was run again alone.`,
    })),
  );
}
