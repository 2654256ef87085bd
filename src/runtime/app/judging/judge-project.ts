import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { createQaEngine } from '../../qa/engine.ts';
import { applyPolicy } from '../../qa/policy.ts';
import { type ProjectTree, readProjectTree } from '../../qa/project-tree.ts';
import type { CheckResult, Finding } from '../../qa/report.ts';
import type { QaCommand, ReportFormat } from '../../qa/runners/command.ts';
import { joined, type SuiteResult } from '../../qa/suite-result.ts';
import { verdictOf } from '../../qa/verdict.ts';
import type { Tree } from '../../vault/artifact.ts';
import { testResult } from '../../vault/test-result.ts';
import { readConfig } from '../config.ts';
import type { CallContext, QaRunInput } from '../operations.ts';
import { type QaConfig, readQaConfig } from './qa-config.ts';
import { projectWalls } from './project-walls.ts';
import { projectFolder, type QaProject } from './qa-project.ts';
import { FURTHER_SUITES, furtherSuite } from './qa-suites.ts';
import type { QaRunView } from './qa-view.ts';
import { withinWalls } from './usable-walls.ts';

/** The QA engine on a folder of the user: a copy of it is judged, with the modules that are installed there; its tests run within walls where it is `walled`. Nothing is recorded. */
export async function judgeProject(input: QaRunInput, context: CallContext, { walled }: { walled: boolean }): Promise<QaRunView> {
  const folder = projectFolder(resolve(context.cwd, input.dir));
  const { path, home } = readConfig();
  const config = await readQaConfig(folder);
  const found = withoutHeldOut(await readProjectTree(folder, path), folder, config);
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'agentnexus-qa-'));
  // Where we are root the tests are somebody else, who must get through here.
  chmodSync(scratch, 0o711);
  try {
    const place = { ...found, folder, config, machine: { path, home } };
    const around = walled ? await projectWalls(place, context) : undefined;
    const { done, sandbox } = await withinWalls(around, (walls) => {
      const room = join(scratch, walls === undefined ? 'bare' : 'walled');
      mkdirSync(room, { mode: 0o711 });
      return judge({ ...place, scratch: room, ...(walls && { walls }) }, input, context);
    });
    const { mutationReport, ...judged } = done;
    const result = applyPolicy(judged, config.policy ?? {});
    const findings = [...result.findings, ...(await unsent(result, folder, input.push))];
    return {
      ...viewOf(folder, { ...result, findings }, found.omitted),
      sandbox,
      ...(input.statement === true && { statement: statementOf(found.tree, { ...result, sandbox: sandbox.name }, input.suite) }),
      ...(input.mutationReport === true && { mutationReport: mutationReport ?? NO_MUTANTS }),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Judged = CheckResult & Pick<SuiteResult, 'mutationReport'>;

/** As Stryker would say it. */
const NO_MUTANTS = { schemaVersion: '1.0', thresholds: { high: 80, low: 60 }, files: {} };

/** What agents are not to see is no part of the project's own tests. */
function withoutHeldOut(found: ProjectTree, folder: string, { heldOut = [] }: QaConfig): ProjectTree {
  const places = heldOut.map(({ tests }) => resolve(folder, tests));
  const isHeld = (path: string) => places.some((place) => `${join(folder, path)}/`.startsWith(`${place}/`));
  return { ...found, tree: found.tree.filter(({ path }) => !isHeld(path)) };
}

/** Tells the numbers to a Pushgateway. That it is not there is said, and changes no result. */
async function unsent(result: CheckResult, folder: string, url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [];
  const [{ metricsText }, { pushMetrics }] = await Promise.all([
    import('../../qa/reports/metrics-text.ts'),
    import('../../qa/reports/push-metrics.ts'),
  ]);
  const fault = await pushMetrics(metricsText(result, Math.floor(systemClock.now() / 1000)), { url, project: basename(folder) });
  return fault === undefined ? [] : [{ code: 'QA_METRICS_UNSENT', level: 'note', message: fault }];
}

function statementOf(subjects: Tree, { result, tools, passed, failed, sandbox }: CheckResult, suite = 'product') {
  return testResult({ subjects, result, suite, tools, passed, failed, sandbox });
}

/** One suite of ours, or the project's own tests; with `base` also whether they say less than they did. */
async function judge(project: QaProject, input: QaRunInput, context: CallContext): Promise<Judged> {
  const further = furtherSuite(input.suite);
  if (further !== undefined) return alone(await further(project, input, context));
  const tested = await runTests(project, input, context);
  const weakening = input.base === undefined ? undefined : furtherSuite('weakening');
  return weakening === undefined ? tested : joined(tested, await weakening(project, input, context));
}

async function runTests(
  { tree, read, folder, machine, scratch, config, walls }: QaProject,
  input: QaRunInput,
  { stop }: CallContext,
) {
  const commands = commandsOf(input) ?? config.commands?.map(({ run, reports }) => commandOf(run, reports));
  refuseUnknown(input.suite, commands ?? []);
  const chosen = { ...(commands && { commands }), ...(input.suite !== undefined && { suite: input.suite }) };
  const engine = createQaEngine({ read, scratch, jobs: availableParallelism(), machine, installed: folder, ...chosen });
  const checks = [{ task: 'qa', scope: 'product' as const, artifacts: tree }];
  const [result] = await engine.run({ checks, tree }, { ...(stop && { signal: stop }), ...(walls && { walls }) });
  if (result === undefined) throw new NexusError('INTERNAL', 'The QA engine gave no answer.');
  return result;
}

/** Test tools whose tests are found. */
const TOOLS = ['node:test', 'vitest', 'jest', 'pytest', 'go', 'cargo'];

function refuseUnknown(suite: string | undefined, commands: readonly QaCommand[]): void {
  const tools = [...TOOLS, ...commands.map(({ name }) => name)];
  if (suite === undefined || tools.includes(suite)) return;
  throw new NexusError('USAGE', `There is no suite \`${suite}\`.`, {
    hint: `There are ${[...tools, ...FURTHER_SUITES].join(', ')}.`,
  });
}

function alone({ passed, failed, findings, tools, mutationReport }: SuiteResult): Judged {
  return {
    ...(mutationReport && { mutationReport }),
    task: 'qa',
    suite: 'product',
    result: findings.some(({ level }) => level !== 'note') ? 'fail' : 'pass',
    tests: { total: passed.length + failed.length, passed: passed.length, failed: failed.length, skipped: 0 },
    passed,
    failed,
    coverage: 0,
    coverageByPath: new Map(),
    findings,
    tools,
  };
}

const FORMATS: readonly string[] = ['junit', 'ctrf', 'sarif', 'lcov'] satisfies ReportFormat[];

function commandsOf({ command, reports = [] }: QaRunInput): QaCommand[] | undefined {
  if (command === undefined && reports.length === 0) return undefined;
  if (command === undefined || reports.length === 0) {
    throw new NexusError('USAGE', '--command and --report belong together.', {
      hint: 'Say what to run, and what it leaves where.',
    });
  }
  return [commandOf(command, reports)];
}

function commandOf(command: string, reports: readonly string[]): QaCommand {
  const [program, ...args] = command.split(/\s+/).filter((word) => word !== '');
  if (program === undefined) throw new NexusError('USAGE', 'The command is empty.', { hint: 'Say what to run.' });
  return { name: program, argv: [program, ...args], reports: reports.map(reportOf) };
}

function reportOf(text: string): QaCommand['reports'][number] {
  const [, format = '', path = ''] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  if (isFormat(format)) return { format, path };
  throw new NexusError('USAGE', `--report takes FORMAT:PATH, not ${text}.`, { hint: `FORMAT is one of ${FORMATS.join(', ')}.` });
}

function isFormat(format: string): format is ReportFormat {
  return FORMATS.includes(format);
}

function viewOf(project: string, result: CheckResult, omitted: readonly string[]): Omit<QaRunView, 'sandbox'> {
  const { tests, passed, failed, skipped = [], flaky = [], coverage, coverageByPath, findings, tools } = result;
  const { verdict, brief } = verdictOf(result);
  return {
    kind: 'QaRun',
    project,
    result: result.result,
    verdict,
    brief,
    tests,
    passed,
    failed,
    skipped: [...skipped],
    flaky: [...flaky],
    coverage,
    files: [...coverageByPath].map(([path, share]) => ({ path, coverage: share })),
    findings: findings.map(({ level = 'error', related = [], path = null, line = null, counterexample = null, ...finding }) => ({
      ...finding,
      level,
      path,
      line,
      related: [...related],
      counterexample,
    })),
    tools: { ...tools },
    omitted: [...omitted],
  };
}
