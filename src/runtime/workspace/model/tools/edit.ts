import { counted } from '../../../../base/text.ts';
import { textOf } from './read.ts';
import { textArgument, type Tool, ToolError } from './tool.ts';
import { workspacePath } from './workspace-path.ts';
import { save } from './write.ts';

export const editTool: Tool = {
  spec: {
    name: 'edit',
    description: 'Replaces text in a file of the workspace. `old` must be there exactly as given, and once unless `all` is true.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the workspace.' },
        old: { type: 'string', description: 'The text to replace, with its white space, and enough of it to be found once.' },
        new: { type: 'string', description: 'What stands there afterwards.' },
        all: { type: 'boolean', description: 'Replace it wherever it stands.' },
      },
      required: ['path', 'old', 'new'],
      additionalProperties: false,
    },
  },
  plan(args, root) {
    const file = workspacePath(root, textArgument(args, 'path'));
    const before = textOf(file.absolute, file.path);
    const pieces = before.split(soughtText(args));
    refuseUnclear(pieces.length - 1, { path: file.path, all: args['all'] === true });
    const after = pieces.join(textArgument(args, 'new'));
    return {
      action: { kind: 'write', path: file.path },
      title: `Edit ${file.path}`,
      change: { path: file.path, before, after },
      async perform() {
        // The decision was about this change, and no other.
        if (textOf(file.absolute, file.path) !== before)
          throw new ToolError(`\`${file.path}\` was changed meanwhile; read it again.`);
        save(file, after);
        return `Edited ${file.path}: ${counted(pieces.length - 1, 'place')}.`;
      },
    };
  },
};

function soughtText(args: Parameters<typeof textArgument>[0]): string {
  const old = textArgument(args, 'old');
  if (old === '') throw new ToolError('The argument `old` is empty; use `write` to make a file.');
  return old;
}

function refuseUnclear(found: number, { path, all }: { path: string; all: boolean }): void {
  if (found === 0) throw new ToolError(`\`old\` is not in \`${path}\`; it must match exactly. Read the file again.`);
  if (found > 1 && !all)
    throw new ToolError(`\`old\` is in \`${path}\` ${found} times; give more of the text around it, or set \`all\`.`);
}
