import { copyFileSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { asWorkspaceError } from '../../../base/durable-file.ts';
import { NexusError, systemCode } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import type { Handler } from '../operations.ts';

/** Starter bundles: one folder for each way of writing specifications. */
const TEMPLATES = join(import.meta.dirname, '..', '..', '..', '..', 'templates');

/** Copies a starter bundle into a folder. Either every file is written, or the folder is as it was. */
export const init: Handler<'init'> = async ({ dir, template }, { cwd }) => {
  const target = resolve(cwd, dir);
  const source = join(TEMPLATES, template);
  const files = filesOf(source);
  refuseTaken(target, files);
  copyAll(files, source, target);
  return { kind: 'Init', path: target, files, template };
};

/** Paths below `folder`, with `/`. */
function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return entries
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted(compareText);
}

function refuseTaken(target: string, files: readonly string[]): void {
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw new NexusError('USAGE', `${target} is a file, not a folder.`, {
      hint: 'Name a folder; it is made if needed.',
      details: { path: target },
    });
  }
  const taken = files.map((file) => join(target, file)).find((path) => existsSync(path));
  if (taken === undefined) return;
  throw new NexusError('USAGE', `${taken} exists already, and nothing was written.`, {
    hint: 'Name another folder: spec-kit init DIR.',
    details: { path: taken },
  });
}

function copyAll(files: readonly string[], source: string, target: string): void {
  const written: string[] = [];
  try {
    for (const file of files) {
      const path = join(target, file);
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(source, file), path, constants.COPYFILE_EXCL);
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw asInitError(error, target);
  }
}

function asInitError(error: unknown, target: string): unknown {
  const code = systemCode(error);
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS' && code !== 'ENOTDIR' && code !== 'EEXIST')
    return asWorkspaceError(error, target);
  return new NexusError('USAGE', `Cannot write to ${target} (${code}).`, {
    hint: 'Name a folder that you may write to: spec-kit init DIR.',
    details: { path: target, systemCode: code },
    cause: error,
  });
}
