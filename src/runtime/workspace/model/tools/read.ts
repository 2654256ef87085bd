import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';

import { messageOf, systemCode } from '../../../../base/errors.ts';
import { compareText, counted } from '../../../../base/text.ts';
import { OUTPUT_LIMIT } from './bounded-text.ts';
import { countArgument, textArgument, type Tool, ToolError } from './tool.ts';
import { type WorkspacePath, workspacePath } from './workspace-path.ts';

/** Bytes of a file that is read at all. */
const LARGEST = 16 * 1024 * 1024;

/** Entries of a folder that are listed. */
const MOST_ENTRIES = 500;

export const readTool: Tool = {
  spec: {
    name: 'read',
    description: 'Reads a text file of the workspace, or lists a folder. Long files: go on with `offset`.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the workspace; `.` is its root.' },
        offset: { type: 'integer', minimum: 1, description: 'First line, from 1.' },
        limit: { type: 'integer', minimum: 1, description: 'Number of lines.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
  plan(args, root) {
    const file = workspacePath(root, textArgument(args, 'path'));
    const [offset = 1, limit] = [countArgument(args, 'offset'), countArgument(args, 'limit')];
    return {
      action: { kind: 'read', path: file.path },
      title: `Read ${file.path}`,
      perform: async () => read(file, offset, limit),
    };
  },
};

function read({ absolute, path }: WorkspacePath, offset: number, limit: number | undefined): string {
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat === undefined) throw new ToolError(`There is no file \`${path}\`.`);
  if (stat.isDirectory()) return listing(absolute);
  if (!stat.isFile()) throw new ToolError(`\`${path}\` is neither a file nor a folder.`);
  if (stat.size > LARGEST) throw new ToolError(`\`${path}\` has ${stat.size} bytes, which is too large to read.`);
  return part(textOf(absolute, path), offset, limit);
}

/** The text of a file, as the tools that change files need it too. Throws `ToolError` if it is none. */
export function textOf(absolute: string, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(absolute));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') throw new ToolError(`There is no file \`${path}\`.`);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new ToolError(`\`${path}\` is not text.`);
    throw new ToolError(`\`${path}\` cannot be read: ${messageOf(error)}`);
  }
}

function listing(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  const names = entries.slice(0, MOST_ENTRIES).map(marked);
  const rest = entries.length - names.length;
  if (rest > 0) names.push(`[… ${counted(rest, 'entry', 'entries')} more]`);
  return names.join('\n') || '[empty]';
}

function marked(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.isSymbolicLink() ? `${entry.name}@` : entry.name;
}

function part(text: string, offset: number, limit: number | undefined): string {
  const lines = text.split('\n');
  const asked = lines.slice(offset - 1, limit === undefined ? undefined : offset - 1 + limit);
  if (asked.length === 0) throw new ToolError(`The file has ${counted(lines.length, 'line')}.`);
  let size = 0;
  const fitting = asked.findIndex((line) => (size += line.length + 1) > OUTPUT_LIMIT);
  const shown = fitting === -1 ? asked : asked.slice(0, Math.max(fitting, 1));
  const next = offset + shown.length;
  const body = shown.join('\n').slice(0, OUTPUT_LIMIT);
  return next > lines.length ? body : `${body}\n[… the file has ${lines.length} lines; go on with offset ${next}]`;
}
