import { posix } from 'node:path';

import type { Finding } from '../report.ts';
import { type AboutGo, createGoRunner } from './go-runner.ts';
import { findProgram, type Machine, probe } from './machine.ts';
import { foldersWith, inProduct, inProject, type ProductView, type ProjectKind, rootOf, type Suite } from './suite.ts';

/** Modules of Go: a folder with a `go.mod`. Tests are run by the machine's Go, with modules that its cache holds already. */
export const go: ProjectKind = {
  async open(product, _, machine) {
    const roots = foldersWith(['go.mod'], product);
    const tests = product.tree.map(({ path }) => path).filter((path) => path.endsWith('_test.go'));
    const byRoot = Map.groupBy(
      tests.filter((path) => roots.has(rootOf(path, roots))),
      (path) => rootOf(path, roots),
    );
    if (byRoot.size === 0) return [];
    const about = await inspect(machine);
    return [...byRoot].map(([root, files]) => suiteOf(root, files, { product, about }));
  },
};

async function inspect(machine: Machine | undefined): Promise<AboutGo | undefined> {
  const program = findProgram('go', machine);
  if (machine === undefined || program === undefined) return undefined;
  const said = await probe([program, 'env', 'GOVERSION', 'GOMODCACHE'], { machine, folder: machine.home });
  const [version, modules] = said?.trim().split('\n') ?? [];
  return version === undefined || modules === undefined ? undefined : { program, version: version.replace(/^go/, ''), modules };
}

function suiteOf(
  root: string,
  files: readonly string[],
  { product, about }: { product: ProductView; about: AboutGo | undefined },
): Suite {
  const sources = product.tree
    .map(({ path }) => path)
    .filter((path) => posix.extname(path) === '.go' && !path.endsWith('_test.go'));
  const run = { files: inProject(root, files), sources: inProject(root, sources), layouts: [], config: undefined };
  const texts = new Map(run.files.map((path) => [path, product.text(inProduct(root, path))]));
  const fault: Finding = {
    code: 'QA_TOOL_MISSING',
    path: inProduct(root, 'go.mod'),
    message: 'Its tests need Go, which is not on PATH: https://go.dev/doc/install',
  };
  if (about === undefined) return { tool: 'go', root, run, runner: undefined, faults: [fault] };
  return { tool: 'go', root, run, runner: createGoRunner(about, texts), faults: [] };
}
