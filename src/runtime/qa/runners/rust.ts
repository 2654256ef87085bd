import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Finding } from '../report.ts';
import { type AboutRust, createCargoRunner } from './cargo-runner.ts';
import { coverageTools } from './rust-coverage.ts';
import { findProgram, type Machine, probe } from './machine.ts';
import { foldersWith, inProduct, inProject, type ProductView, type ProjectKind, rootOf, type Suite } from './suite.ts';

/** Packages and workspaces of Rust: the outermost folders with a `Cargo.toml`. Tests in documentation are not run. */
export const rust: ProjectKind = {
  async open(product, _, machine) {
    const folders = foldersWith(['Cargo.toml'], product);
    const roots = new Set([...folders].filter((folder) => ![...folders].some((other) => isAbove(other, folder))));
    const sources = product.tree.map(({ path }) => path).filter((path) => path.endsWith('.rs') && roots.has(rootOf(path, roots)));
    const tests = sources.filter((path) => /#\[(?:\w+::)*test\b/.test(product.text(path)));
    const byRoot = Map.groupBy(tests, (path) => rootOf(path, roots));
    if (byRoot.size === 0) return [];
    const about = await inspect(machine);
    const code = Map.groupBy(sources, (path) => rootOf(path, roots));
    return [...byRoot].map(([root, files]) => suiteOf(root, { files, sources: code.get(root) ?? [] }, { product, about }));
  },
};

function isAbove(folder: string, other: string): boolean {
  return folder !== other && (folder === '' || other.startsWith(`${folder}/`));
}

/** The toolchain itself, not what a version manager puts in its place: that would look for its settings in a home that is not there. */
async function inspect(machine: Machine | undefined): Promise<AboutRust | undefined> {
  const [rustc, found] = [findProgram('rustc', machine), findProgram('cargo', machine)];
  if (machine === undefined || rustc === undefined || found === undefined) return undefined;
  const there = { machine, folder: machine.home };
  const [sysroot, version, rustcAbout] = await Promise.all([
    probe([rustc, '--print', 'sysroot'], there),
    probe([found, '--version'], there),
    probe([rustc, '-vV'], there),
  ]);
  if (sysroot === undefined || version === undefined || rustcAbout === undefined) return undefined;
  const coverage = await coverageTools({ sysroot: sysroot.trim(), about: rustcAbout }, machine);
  const own = join(sysroot.trim(), 'bin', 'cargo');
  const registry = join(machine.home, '.cargo', 'registry');
  return { cargo: existsSync(own) ? own : found, version: version.split(' ')[1] ?? '', registry, coverage };
}

function suiteOf(
  root: string,
  { files, sources }: { files: readonly string[]; sources: readonly string[] },
  { product, about }: { product: ProductView; about: AboutRust | undefined },
): Suite {
  const run = { files: inProject(root, files), sources: inProject(root, sources), layouts: [], config: undefined };
  const texts = new Map(run.files.map((path) => [path, product.text(inProduct(root, path))]));
  const fault: Finding = {
    code: 'QA_TOOL_MISSING',
    path: inProduct(root, 'Cargo.toml'),
    message: 'Its tests need Cargo and rustc, which are not on PATH: https://rustup.rs',
  };
  if (about === undefined) return { tool: 'cargo', root, run, runner: undefined, faults: [fault] };
  return { tool: 'cargo', root, run, runner: createCargoRunner(about, texts), faults: [] };
}
