import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { NexusError } from '../../base/errors.ts';

const require = createRequire(import.meta.url);

/** The folder of an installed package, as our own package would find it: nested, hoisted or linked. */
export function packageFolder(name: string): string | undefined {
  const folder = (require.resolve.paths(name) ?? [])
    .map((root) => join(root, name))
    .find((path) => existsSync(join(path, 'package.json')));
  return folder === undefined ? undefined : realpathSync(folder);
}

/** As `packageFolder`, for the tools that QA cannot do without (`TOOL_MISSING`). */
export function toolFolder(name: string): string {
  const folder = packageFolder(name);
  if (folder !== undefined) return folder;
  throw new NexusError('TOOL_MISSING', `The package ${name} is not installed beside agentnexus.`, {
    hint: 'Install agentnexus again with its dependencies (npm install agentnexus).',
    details: { package: name },
  });
}

export function packageVersion(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/**
 * Makes what a product declares resolvable without a network: a link in its `node_modules` for each declared package that our own
 * package resolves. Only what is declared, so that an undeclared import fails here as it would elsewhere. Returns the names of those we
 * do not have.
 */
export function linkDependencies(product: string, names: readonly string[]): string[] {
  const missing: string[] = [];
  for (const name of new Set(names)) {
    const folder = isPackageName(name) ? packageFolder(name) : undefined;
    if (folder === undefined) missing.push(name);
    else link(folder, join(product, 'node_modules', name));
  }
  return missing;
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // A junction needs no privilege on Windows; elsewhere the kind is ignored.
  symlinkSync(target, path, 'junction');
}

function isPackageName(name: string): boolean {
  return /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name);
}
