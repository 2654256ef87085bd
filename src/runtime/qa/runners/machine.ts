import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

import { runProcess } from '../../workspace/process.ts';

/** The user's machine, of which judging uses tools that do not come with us. */
export interface Machine {
  /** `PATH`. */
  path: string;
  /** The user's home: where version managers keep what their programs stand for. */
  home: string;
}

/** The file behind a name on the machine's PATH; only absolute folders count, so that no product can put itself there. */
export function findProgram(name: string, machine: Machine | undefined): string | undefined {
  const folders = (machine?.path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const PROBE_MS = 60_000;

/** What a tool says about itself, run as the user would, far from any product. Undefined if it cannot. */
export async function probe(
  argv: readonly [string, ...string[]],
  { machine, folder, input }: { machine: Machine; folder: string; input?: string },
): Promise<string | undefined> {
  const env = { PATH: machine.path, HOME: machine.home, LANG: 'C.UTF-8' };
  const options = { cwd: folder, env, timeoutMs: PROBE_MS, ...(input !== undefined && { input }) };
  const { ended, code, stdout } = await runProcess(argv, options);
  return ended === 'exited' && code === 0 ? stdout : undefined;
}

/** PATH of a tool's own process: its folder, and where a system keeps compilers and shells. */
export function toolPath(...programs: readonly string[]): string {
  return [...new Set([...programs.map((program) => dirname(program)), '/usr/local/bin', '/usr/bin', '/bin'])].join(delimiter);
}
