import { posix } from 'node:path';

import type { Tree } from '../../vault/artifact.ts';
import type { Finding } from '../report.ts';
import type { Machine } from './machine.ts';
import type { Sandbox, TestRun, TestRunner } from '../test-runner.ts';

/** A checked-out product, to be looked at. */
export interface ProductView {
  tree: Tree;
  folder: string;
  /** Content of a file of the tree. */
  text: (path: string) => string;
}

/** Test files of one project of a product that one tool runs. */
export interface Suite {
  /** Name of the tool: `node:test`, `jest`, `pytest`. */
  tool: string;
  /** Folder of the project, relative to the product; `''` is the product's root. */
  root: string;
  /** Relative to the project. */
  run: Omit<TestRun, 'timeoutMs'>;
  /** Undefined if the tool is not here; a fault then says so. */
  runner: TestRunner | undefined;
  /** With an error among them the suite is not run. Paths are the product's. */
  faults: Finding[];
}

/** A kind of project: how its tests show in a product, and what it takes to run them. Whatever the product does is a fault, never thrown. */
export interface ProjectKind {
  /** `machine`: where tools are taken from that do not come with us; without it there are none. */
  open(product: ProductView, sandbox: Sandbox, machine: Machine | undefined): Promise<Suite[]>;
}

/** The nearest folder at or above a path of the product that is one of `roots`, or else the product's own root. */
export function rootOf(path: string, roots: ReadonlySet<string>): string {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    if (roots.has(folder)) return folder;
  }
  return '';
}

/** Folders of a product that hold a file of one of these names. */
export function foldersWith(names: readonly string[], { tree }: ProductView): Set<string> {
  const found = tree.filter(({ path }) => names.includes(posix.basename(path)));
  return new Set(found.map(({ path }) => (path.includes('/') ? posix.dirname(path) : '')));
}

/** A path of a project as one of the product. */
export function inProduct(root: string, path: string): string {
  return root === '' ? path : `${root}/${path}`;
}

/** Paths of the product that lie in a folder of it, relative to that folder. */
export function inProject(root: string, paths: readonly string[]): string[] {
  if (root === '') return [...paths];
  return paths.flatMap((path) => (path.startsWith(`${root}/`) ? [path.slice(root.length + 1)] : []));
}
