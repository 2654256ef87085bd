import { join, posix, relative, resolve, sep } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import type { ProcessResult } from '../workspace/process.ts';
import { startTool } from './start-tool.ts';
import { toolFolder } from './dependencies.ts';
import type { Layout } from './layout.ts';
import type { Finding } from './report.ts';
import type { Sandbox } from './test-runner.ts';

export interface Compilation {
  layouts: Layout[];
  /** A finding without a path concerns the whole project. */
  findings: Finding[];
  /** Some file could not be parsed; TypeScript then reports no type errors at all, in any file. */
  incomplete: boolean;
}

/** `src/a.ts(3,7): error TS2322: Type …`, or without a place: `error TS5058: …`. */
const DIAGNOSTIC = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/;
/** The scanner's and parser's own: TS1000 to TS1999. */
const SYNTAX = /^TS1\d{3}$/;

/** Compiles the projects with our TypeScript and the product's own configuration. It emits in spite of errors: one bad file condemns only those who load it. */
export async function compile(projects: readonly string[], sandbox: Sandbox): Promise<Compilation> {
  const compilation: Compilation = { layouts: [], findings: [], incomplete: false };
  for (const project of projects) {
    const { layout, findings } = await readLayout(project, sandbox);
    compilation.findings.push(...findings);
    if (layout === undefined) continue;
    compilation.layouts.push(layout);
    const result = await tsc(['-p', project, '--pretty', 'false', '--noEmitOnError', 'false'], sandbox);
    const found = readDiagnostics(result, project);
    compilation.findings.push(...found.findings);
    compilation.incomplete ||= found.incomplete;
  }
  return compilation;
}

/** Asks the compiler, which knows about `extends` and comments; refuses a project that would write outside of the product. */
async function readLayout(project: string, sandbox: Sandbox): Promise<{ layout?: Layout; findings: Finding[] }> {
  const result = await tsc(['--showConfig', '-p', project], sandbox);
  if (result.ended !== 'exited' || result.code !== 0) return { findings: readDiagnostics(result, project).findings };
  const { compilerOptions: options = {} } = JSON.parse(result.stdout) as { compilerOptions?: Record<string, unknown> };
  const base = project.endsWith('.json') ? posix.dirname(project) : project;
  const at = (name: string) => (typeof options[name] === 'string' ? posix.normalize(posix.join(base, options[name])) : undefined);
  const targets = ['outDir', 'declarationDir', 'outFile', 'tsBuildInfoFile'].map((name) => [name, options[name]] as const);
  const escape = targets.find(
    ([, value]) => typeof value === 'string' && !isInside(sandbox.product, resolve(sandbox.product, base, value)),
  );
  if (escape !== undefined) {
    return { findings: [{ code: 'QA_COMPILE', path: project, message: `\`${escape[0]}\` lies outside of the package.` }] };
  }
  const outDir = options.noEmit === true || options.emitDeclarationOnly === true ? undefined : at('outDir');
  return { layout: { outDir, rootDir: at('rootDir') ?? posix.normalize(base) }, findings: [] };
}

function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(folder, inside) === path;
}

function tsc(args: readonly string[], { product, env, signal, limits }: Sandbox): Promise<ProcessResult> {
  const program = join(toolFolder('typescript'), 'bin', 'tsc');
  return startTool([process.execPath, program, ...args], {
    cwd: product,
    env,
    timeoutMs: limits.compileMs,
    outputLimit: 4 * 1024 * 1024,
    ...(signal && { signal }),
  });
}

/** Findings of one call of `tsc`. A call that failed without a diagnostic is a finding too. */
export function readDiagnostics(result: ProcessResult, project: string): { findings: Finding[]; incomplete: boolean } {
  const { findings, incomplete } = parseDiagnostics(result.stdout);
  const failure = findings.length === 0 ? failureOf(result, project) : undefined;
  if (failure !== undefined) findings.push(failure);
  return { findings, incomplete };
}

function parseDiagnostics(output: string): { findings: Finding[]; incomplete: boolean } {
  const findings: Finding[] = [];
  let incomplete = false;
  for (const line of output.split(/\r?\n/)) {
    const [, path, row, , code = '', text = ''] = DIAGNOSTIC.exec(line) ?? [];
    const last = findings.at(-1);
    if (code !== '') {
      findings.push({
        code: 'QA_COMPILE',
        ...(path !== undefined && { path: posix.normalize(path), line: Number(row) }),
        message: `${code}: ${text}`,
      });
      incomplete ||= SYNTAX.test(code);
    } else if (last !== undefined && /^\s+\S/.test(line)) last.message += `\n${line}`;
  }
  return { findings, incomplete };
}

function failureOf({ ended, code, signal, stdout, stderr }: ProcessResult, project: string): Finding | undefined {
  const where = { path: project };
  if (ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while compiling.');
  if (ended === 'timeout') return { code: 'QA_TIMEOUT', ...where, message: 'The compiler did not finish in its time.' };
  if (ended === 'signalled') return { code: 'QA_KILLED', ...where, message: `The compiler was killed by ${signal}, not by us.` };
  if (code === 0) return undefined;
  return { code: 'QA_COMPILE', ...where, message: `The compiler ended with ${code}: ${(stdout + stderr).slice(-1000).trim()}` };
}
