import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { messageOf } from '../../../../base/errors.ts';
import { counted } from '../../../../base/text.ts';
import { textOf } from './read.ts';
import { textArgument, type Tool, ToolError } from './tool.ts';
import { type WorkspacePath, workspacePath } from './workspace-path.ts';

export const writeTool: Tool = {
  spec: {
    name: 'write',
    description: 'Writes a whole file of the workspace; folders are made. To change a part of a file, use `edit`.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the workspace.' },
        content: { type: 'string', description: 'The whole new content.' },
      },
      required: ['path', 'content'],
      additionalProperties: false,
    },
  },
  plan(args, root) {
    const file = workspacePath(root, textArgument(args, 'path'));
    const after = textArgument(args, 'content');
    const before = textBefore(file);
    return {
      action: { kind: 'write', path: file.path },
      title: `Write ${file.path}`,
      change: { path: file.path, ...(before === undefined ? {} : { before }), after },
      async perform() {
        save(file, after);
        return `Wrote ${file.path}: ${counted(Buffer.byteLength(after), 'byte')}.`;
      },
    };
  },
};

/** Puts the text there. Throws `ToolError`. */
export function save({ absolute, path }: WorkspacePath, text: string): void {
  try {
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  } catch (error) {
    throw new ToolError(`\`${path}\` cannot be written: ${messageOf(error)}`);
  }
}

function textBefore({ absolute, path }: WorkspacePath): string | undefined {
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw new ToolError(`\`${path}\` is no file.`);
  try {
    return textOf(absolute, path);
  } catch {
    return undefined;
  }
}
