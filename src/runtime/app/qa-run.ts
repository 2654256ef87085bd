import { existsSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { createQaEngine } from '../qa/engine.ts';
import { readProjectTree } from '../qa/project-tree.ts';
import type { CheckResult } from '../qa/report.ts';
import type { QaCommand, ReportFormat } from '../qa/runners/command.ts';
import { verdictOf } from '../qa/verdict.ts';
import { readConfig } from './config.ts';
import type { Handler, QaRunInput } from './operations.ts';
import type { QaRunView } from './views.ts';

/** The QA engine on a folder of the user: a copy of it is judged, with the modules that are installed there. Nothing is written or recorded. */
export const qaRun: Handler<'qa.run'> = async (input, context) => {
  const folder = projectFolder(resolve(context.cwd, input.dir));
  const { path, home } = readConfig();
  const { tree, read, omitted } = await readProjectTree(folder, path);
  const scratch = mkdtempSync(join(tmpdir(), 'agentnexus-qa-'));
  try {
    const commands = commandsOf(input);
    const chosen = { ...(commands && { commands }), ...(input.suite !== undefined && { suite: input.suite }) };
    const engine = createQaEngine({
      read,
      scratch,
      jobs: availableParallelism(),
      machine: { path, home },
      installed: folder,
      ...chosen,
    });
    const checks = [{ task: 'qa', scope: 'product' as const, artifacts: tree }];
    const [result] = await engine.run({ checks, tree }, context.stop ? { signal: context.stop } : {});
    if (result === undefined) throw new NexusError('INTERNAL', 'The QA engine gave no answer.');
    return viewOf(folder, result, omitted);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
};

function projectFolder(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return realpathSync(path);
  throw new NexusError('NOT_FOUND', `There is no folder ${path}.`, { hint: 'Name the folder of a project.', details: { path } });
}

const FORMATS: readonly string[] = ['junit', 'ctrf', 'sarif', 'lcov'] satisfies ReportFormat[];

function commandsOf({ command, reports = [] }: QaRunInput): QaCommand[] | undefined {
  if (command === undefined && reports.length === 0) return undefined;
  const [program, ...args] = (command ?? '').split(/\s+/).filter((word) => word !== '');
  if (program === undefined || reports.length === 0) {
    throw new NexusError('USAGE', '--command and --report belong together.', {
      hint: 'Say what to run, and what it leaves where.',
    });
  }
  return [{ name: program, argv: [program, ...args], reports: reports.map(reportOf) }];
}

function reportOf(text: string): QaCommand['reports'][number] {
  const [, format = '', path = ''] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  if (isFormat(format)) return { format, path };
  throw new NexusError('USAGE', `--report takes FORMAT:PATH, not ${text}.`, { hint: `FORMAT is one of ${FORMATS.join(', ')}.` });
}

function isFormat(format: string): format is ReportFormat {
  return FORMATS.includes(format);
}

function viewOf(project: string, result: CheckResult, omitted: readonly string[]): QaRunView {
  const { tests, passed, failed, skipped = [], flaky = [], coverage, coverageByPath, findings, tools } = result;
  return {
    kind: 'QaRun',
    project,
    result: result.result,
    verdict: verdictOf(result).verdict,
    tests,
    passed,
    failed,
    skipped: [...skipped],
    flaky: [...flaky],
    coverage,
    files: [...coverageByPath].map(([path, share]) => ({ path, coverage: share })),
    findings: findings.map(({ level = 'error', related = [], path = null, line = null, ...finding }) => ({
      ...finding,
      level,
      path,
      line,
      related: [...related],
    })),
    tools: { ...tools },
    omitted: [...omitted],
  };
}
