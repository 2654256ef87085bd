import type { JsonObject } from '../../../../base/json.ts';
import { messageOf } from '../../../../base/errors.ts';
import { type ProcessResult, runProcess } from '../../process.ts';
import { boundedText } from './bounded-text.ts';
import { countArgument, type Tool, ToolError } from './tool.ts';

const DEFAULT_SECONDS = 120;
const LONGEST_SECONDS = 1800;

export const runTool: Tool = {
  spec: {
    name: 'run',
    description:
      'Runs a program in the root of the workspace and gives back what it prints and how it ends. No shell: the program and each argument are an ' +
      'item of their own, without quotes, pipes, globs or redirections.',
    parameters: {
      type: 'object',
      properties: {
        command: { type: 'array', items: { type: 'string' }, minItems: 1, description: 'For example ["npm", "test"].' },
        seconds: {
          type: 'integer',
          minimum: 1,
          maximum: LONGEST_SECONDS,
          description: `It is ended after that; default ${DEFAULT_SECONDS}.`,
        },
      },
      required: ['command'],
      additionalProperties: false,
    },
  },
  plan(args) {
    const argv = argvOf(args);
    const seconds = Math.min(countArgument(args, 'seconds') ?? DEFAULT_SECONDS, LONGEST_SECONDS);
    return {
      action: { kind: 'run', argv },
      title: `Run ${argv.join(' ').slice(0, 200)}`,
      async perform({ root, env, signal }) {
        try {
          return wordsOf(await runProcess(argv, { cwd: root, env, timeoutMs: seconds * 1000, signal }), seconds);
        } catch (error) {
          throw new ToolError(messageOf(error));
        }
      },
    };
  },
};

/** Models that know shells write one string now and then; where it needs no shell, it is clear what it means. */
function argvOf({ command }: JsonObject): [string, ...string[]] {
  const words = typeof command === 'string' ? plainWords(command) : command;
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string' && !word.includes('\0'))) throw noCommand();
  const [program, ...rest] = words as string[];
  if (program === undefined || program === '') throw noCommand();
  return [program, ...rest];
}

function plainWords(text: string): string[] {
  if (/[^\w\s./:=@,+-]/.test(text))
    throw new ToolError('There is no shell: give `command` as a list, a program and its arguments, without operators or quotes.');
  return text.trim().split(/\s+/);
}

function noCommand(): ToolError {
  return new ToolError('The argument `command` must be a list of strings: a program and its arguments.');
}

function wordsOf({ ended, code, signal, stdout, stderr }: ProcessResult, seconds: number): string {
  const end =
    ended === 'exited' ? `exit code ${code}` : ended === 'timeout' ? `ended after ${seconds} s` : `ended by ${signal ?? ended}`;
  const said = [stdout, stderr].map((text) => text.trimEnd()).filter((text) => text !== '');
  return [boundedText(said.join('\n[stderr]\n')), `[${end}]`].filter((text) => text !== '').join('\n');
}
