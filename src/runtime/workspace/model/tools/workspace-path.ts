import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { systemCode } from '../../../../base/errors.ts';
import { ToolError } from './tool.ts';

export interface WorkspacePath {
  absolute: string;
  /** From the workspace's root, with `/`. */
  path: string;
}

/**
 * The file that a model means. It lies in the workspace also when every link on the way is followed; the sandbox holds where a link is changed under our
 * hands. Throws `ToolError`.
 */
export function workspacePath(root: string, given: string): WorkspacePath {
  if (given === '' || given.includes('\0')) throw new ToolError('The argument `path` is empty or no path.');
  const absolute = realTarget(resolve(root, given), given);
  if (absolute !== root && !absolute.startsWith(root + sep)) throw outside(given);
  return { absolute, path: relative(root, absolute).split(sep).join('/') || '.' };
}

/** The path with the part of it that exists made real. */
function realTarget(absolute: string, given: string): string {
  const missing: string[] = [];
  for (let at = absolute; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), ...missing);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ELOOP' || (code === 'ENOENT' && isLink(at))) throw outside(given);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new ToolError(`\`${given}\` cannot be reached (${code}).`);
      missing.unshift(at.slice(dirname(at).length).replace(/^[/\\]/, ''));
    }
  }
}

/** A link to nowhere: writing would make a file wherever it leads. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function outside(given: string): ToolError {
  return new ToolError(`\`${given}\` is outside of the workspace. Name files relative to its root.`);
}
