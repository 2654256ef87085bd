import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, posix } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import { runTool } from '../run-tool.ts';
import { type BrokenRun, type Sandbox, SILENT_PATIENCE, type TestRun, type TestRunner } from '../test-runner.ts';
import { readGoCoverage } from './go-coverage.ts';
import { type GoEvent, readGoFiles } from './go-report.ts';
import { toolPath } from './machine.ts';
import { portable } from './stack.ts';

/** What a machine has of it. */
export interface AboutGo {
  program: string;
  version: string;
  /** Folder of modules that were fetched before. */
  modules: string;
}

/**
 * Runs packages by `go test -json`. Its events come from `go`, not from the tests, but what they are made from is the tests' output: so every test that
 * a file declares must have its end in them, and the run an exit code that fits. `texts`: the test files.
 */
export function createGoRunner(about: AboutGo, texts: ReadonlyMap<string, string>): TestRunner {
  return {
    name: 'go',
    tools: { go: about.version },
    async run(run, sandbox) {
      const folder = join(sandbox.scratch, randomUUID());
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const root = realpathSync(sandbox.product);
      const profile = join(folder, 'cover.out');
      const events: GoEvent[] = [];
      const result = await goTest(run, { about, sandbox, profile, hear: (line) => events.push(...eventOf(line)), texts });
      const fault = faultOf(result, events, root);
      if (fault !== undefined) return fault;
      const { files, findings } = readGoFiles(events, { files: run.files, texts, root });
      const module = moduleOf(join(root, 'go.mod'));
      return { complete: true, files, findings, ...readGoCoverage(profile, { module, sources: run.sources, root }) };
    },
  };
}

async function goTest({ files, timeoutMs }: TestRun, { about, sandbox, profile, hear, texts }: GoCall): Promise<ProcessResult> {
  const packages = [...new Set(files.map((path) => `./${posix.dirname(path)}`))];
  const limit = `-timeout=${Math.ceil(Math.min(timeoutMs, SILENT_PATIENCE * sandbox.limits.stallMs))}ms`;
  const argv = ['test', '-json', '-count=1', limit, `-p=${sandbox.jobs}`, `-coverprofile=${profile}`, ...packages] as const;
  const usesC = [...texts.values()].some((text) => /^\s*import\s+"C"/m.test(text));
  const env = {
    ...sandbox.env,
    PATH: toolPath(about.program),
    GOMODCACHE: about.modules,
    // Nothing that a product builds is ever used again.
    GOCACHE: join(sandbox.scratch, 'go-build'),
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '',
    ...(!usesC && { CGO_ENABLED: '0' }),
  };
  const { signal } = sandbox;
  const onLine = (line: string, stream: string) => (stream === 'stdout' ? hear(line) : undefined);
  const options = { cwd: sandbox.product, env, timeoutMs, onLine, ...(signal && { signal }) };
  const result = await runTool([about.program, ...argv], options, sandbox);
  if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while testing.');
  return result;
}

interface GoCall {
  about: AboutGo;
  sandbox: Sandbox;
  profile: string;
  hear: (line: string) => void;
  texts: ReadonlyMap<string, string>;
}

function eventOf(line: string): GoEvent[] {
  try {
    const event = JSON.parse(line) as GoEvent;
    return typeof event.Action === 'string' ? [event] : [];
  } catch {
    return [];
  }
}

/** `go test` ends with 0 or 1 once it has judged each package. */
function faultOf(
  { ended, code, signal, stderr }: ProcessResult,
  events: readonly GoEvent[],
  root: string,
): BrokenRun | undefined {
  const words = portable(stderr.slice(-1500).trim(), root);
  const broken = (state: BrokenRun['state'], message: string): BrokenRun => {
    return {
      complete: false,
      state,
      message: `${message} ${words}`.trim(),
      running: [],
      certain: false,
      barren: events.length === 0,
    };
  };
  if (ended === 'signalled') return broken('killed', `\`go test\` was killed by ${signal}, not by us.`);
  if (ended !== 'exited') return broken('hung', 'No result within the time limit.');
  const failed = events.some(({ Action }) => Action === 'fail' || Action === 'build-fail');
  if (code === 0 && failed) return broken('unreported', 'The exit code of `go test` does not fit its events.');
  if (code !== 0 && !failed) return broken('crashed', `\`go test\` ended with ${code}.`);
  return undefined;
}

function moduleOf(path: string): string {
  if (!existsSync(path)) return '';
  return /^module\s+"?([^\s"]+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
}
