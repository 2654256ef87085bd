import { mkdirSync, realpathSync } from 'node:fs';
import { posix } from 'node:path';

import type { Finding } from '../report.ts';
import type { Sandbox } from '../test-runner.ts';
import { findProgram, type Machine, probe } from './machine.ts';
import { PYTHON_PROBE } from './pytest-main.ts';
import { type AboutPython, createPytestRunner } from './pytest-runner.ts';
import { foldersWith, inProduct, inProject, type ProductView, type ProjectKind, rootOf, type Suite } from './suite.ts';

const MANIFESTS = ['pyproject.toml', 'requirements.txt', 'requirements-dev.txt'];
const SETTINGS = ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'];
const TEST = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/;

/** Projects of Python, whose tests pytest runs: files by its own names for them, below the nearest folder that says something of the project. */
export const python: ProjectKind = {
  async open(product, sandbox, machine) {
    const tests = product.tree.map(({ path }) => path).filter((path) => TEST.test(path));
    if (tests.length === 0) return [];
    const about = await inspect(product, sandbox, machine);
    const roots = foldersWith([...MANIFESTS, ...SETTINGS, 'setup.py'], product);
    const byRoot = Map.groupBy(tests, (path) => rootOf(path, roots));
    return [...byRoot].map(([root, files]) => suiteOf(root, files, { product, about }));
  },
};

async function inspect(product: ProductView, sandbox: Sandbox, machine: Machine | undefined): Promise<AboutPython | undefined> {
  const program = findProgram('python3', machine) ?? findProgram('python', machine);
  if (machine === undefined || program === undefined) return undefined;
  const documents = product.tree.flatMap(({ path }) =>
    MANIFESTS.includes(posix.basename(path)) ? [[path, product.text(path)]] : [],
  );
  mkdirSync(sandbox.scratch, { recursive: true });
  const input = JSON.stringify(documents);
  const said = await probe([program, '-c', PYTHON_PROBE], { machine, folder: realpathSync(sandbox.scratch), input });
  return said === undefined ? undefined : (JSON.parse(said) as AboutPython);
}

function suiteOf(
  root: string,
  files: readonly string[],
  { product, about }: { product: ProductView; about: AboutPython | undefined },
): Suite {
  const code = product.tree.filter(({ path, type }) => type === 'code' && path.endsWith('.py') && !files.includes(path));
  const sources = inProject(
    root,
    code.map(({ path }) => path),
  );
  const run = { files: inProject(root, files), sources, layouts: [], config: undefined };
  const suite = { tool: 'pytest', root, run };
  const [path] = files;
  if (about === undefined || about.pytest === null) return { ...suite, runner: undefined, faults: [toolMissing(about, path)] };
  const configured = product.tree.some(({ path: each }) => SETTINGS.some((name) => each === inProduct(root, name)));
  const faults = about.missing.flatMap(([document, name]) =>
    rootOf(document, new Set([root])) === root ? [missing(document, name)] : [],
  );
  return {
    ...suite,
    runner: createPytestRunner({ ...about, pytest: about.pytest }, { configured, measures: !measuresItself(root, product) }),
    faults,
  };
}

/** Two that measure get into each other's way. */
function measuresItself(root: string, { tree, text }: ProductView): boolean {
  return tree.some(({ path }) => SETTINGS.some((name) => path === inProduct(root, name)) && /--cov\b/.test(text(path)));
}

function toolMissing(about: AboutPython | undefined, path: string | undefined): Finding {
  const lack =
    about === undefined
      ? 'Python 3 is not on PATH: install it, and pytest for it'
      : 'Python has no pytest: `python3 -m pip install pytest`';
  return { code: 'QA_TOOL_MISSING', ...(path !== undefined && { path }), message: `The tests are for pytest. ${lack}.` };
}

function missing(path: string, name: string): Finding {
  const message = `It requires ${name}, which is not installed here. Do without it, or install it: \`python3 -m pip install ${name}\`.`;
  return { code: 'QA_DEPENDENCY_MISSING', path, message };
}
