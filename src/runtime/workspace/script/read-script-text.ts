import { readFileSync, statSync } from 'node:fs';

import { NexusError } from '../../../base/errors.ts';

const MAX_BYTES = 64 * 2 ** 20;

/** The text of a script file. Throws `SCRIPT_INVALID`. */
export function readScriptText(path: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) throw invalidScript(path, 'It is larger than 64 MiB.');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw new NexusError('SCRIPT_INVALID', `The script ${path} cannot be read.`, {
      hint: 'Give the path of a file: `--agent script:FILE`.',
      details: { file: path },
      cause: error,
    });
  }
}

export function invalidScript(file: string, message: string, place: { line?: number; column?: number } = {}): NexusError {
  return new NexusError('SCRIPT_INVALID', `${file} is no script: ${message}`, {
    hint: 'docs/script-agent.md shows how scripts are written.',
    details: { file, ...place },
  });
}
