import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf } from '../../../base/errors.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import { readLcov } from '../reports/lcov.ts';
import type { Finding } from '../report.ts';
import type { CompleteRun } from '../test-runner.ts';
import { findProgram, type Machine, probe } from './machine.ts';

/** What reads the profiles that instrumented programs leave: their format is that of one LLVM. */
export interface CoverageTools {
  profdata: string;
  cov: string;
}

/** What can be said of coverage: lines, or why there are none. */
type Measured = Pick<CompleteRun, 'lines' | 'covered' | 'findings'>;

/** Those of the toolchain, else of the system, of the LLVM that this rustc is made with; or what to install. */
export async function coverageTools(
  { sysroot, about }: { sysroot: string; about: string },
  machine: Machine,
): Promise<CoverageTools | { lacking: string }> {
  const major = /^LLVM version: (\d+)/m.exec(about)?.[1];
  const host = /^host: (.+)$/m.exec(about)?.[1] ?? '';
  const own: Machine = { ...machine, path: join(sysroot, 'lib', 'rustlib', host, 'bin') };
  const find = async (name: string) => {
    const plain = findProgram(name, own) ?? findProgram(`${name}-${major}`, machine) ?? findProgram(name, machine);
    const said = plain === undefined ? undefined : await probe([plain, '--version'], { machine, folder: machine.home });
    return said !== undefined && /LLVM version (\d+)/.exec(said)?.[1] === major ? plain : undefined;
  };
  const [profdata, cov] = await Promise.all([find('llvm-profdata'), find('llvm-cov')]);
  if (profdata !== undefined && cov !== undefined) return { profdata, cov };
  return { lacking: `that takes llvm-profdata and llvm-cov of LLVM ${major}: \`rustup component add llvm-tools\`` };
}

type Start = (argv: [string, ...string[]]) => Promise<ProcessResult>;

interface RustCoverage {
  /** For the compiler, and for the tests. */
  env: Readonly<Record<string, string>>;
  /** What all runs of these programs have reached. */
  read: (binaries: readonly string[], place: { start: Start; root: string; sources: readonly string[] }) => Promise<Measured>;
}

/** Has programs that are built with `env` leave profiles in `folder`, which is private. */
export function rustCoverage(folder: string, tools: CoverageTools | { lacking: string }): RustCoverage {
  if ('lacking' in tools) return { env: {}, read: () => Promise.resolve(unmeasured(tools.lacking)) };
  const profiles = join(folder, 'profiles');
  mkdirSync(profiles, { recursive: true, mode: 0o700 });
  // Around rustc for packages of the workspace alone; flags in RUSTFLAGS would take the place of the project's own.
  const wrapper = join(folder, 'rustc');
  writeFileSync(wrapper, '#!/bin/sh\nexec "$@" -C instrument-coverage\n');
  chmodSync(wrapper, 0o755);
  return {
    env: { RUSTC_WORKSPACE_WRAPPER: wrapper, LLVM_PROFILE_FILE: join(profiles, '%p-%m.profraw') },
    async read([first, ...rest], { start, root, sources }) {
      const raw = readdirSync(profiles).filter((name) => name.endsWith('.profraw'));
      if (first === undefined || raw.length === 0) return unmeasured('no test has left a profile');
      const [list, merged] = [join(profiles, 'list'), join(profiles, 'merged')];
      writeFileSync(list, raw.map((name) => `${join(profiles, name)}\n`).join(''));
      const merge = await start([tools.profdata, 'merge', '--sparse', `--input-files=${list}`, `--output=${merged}`]);
      if (merge.code !== 0) return unmeasured(lastLine(merge));
      const others = rest.map((path) => `--object=${path}`);
      const told = await start([tools.cov, 'export', '--format=lcov', `--instr-profile=${merged}`, first, ...others]);
      return told.code === 0 && !told.truncated ? linesOf(told.stdout, { root, sources }) : unmeasured(lastLine(told));
    },
  };
}

function linesOf(lcov: string, { root, sources }: { root: string; sources: readonly string[] }): Measured {
  try {
    const { lines, covered } = readLcov(lcov, { root, known: new Set(sources), name: '' });
    return { lines, covered };
  } catch (error) {
    return unmeasured(messageOf(error));
  }
}

/** Of what was not measured nothing is known, and that is said. */
function unmeasured(why: string): Measured {
  const finding: Finding = {
    code: 'QA_COVERAGE_UNMEASURED',
    level: 'note',
    path: 'Cargo.toml',
    message: `It is not known which lines tests of Rust reach: ${why.replace(/\.$/, '')}.`,
  };
  return { lines: new Map(), findings: [finding] };
}

function lastLine({ stderr }: ProcessResult): string {
  return stderr.trim().split('\n').at(-1)?.slice(0, 500) || 'llvm-cov has said nothing';
}
