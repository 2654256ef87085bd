import { readFileSync, statSync } from 'node:fs';

import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import { counted } from '../../../base/text.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import schema from '../../../../schemas/files/script.schema.json' with { type: 'json' };
import type { Script } from './script.ts';

const MAX_BYTES = 64 * 2 ** 20;

/** Reads a script's text. Throws `SCRIPT_INVALID` with what is wrong, and where; `file` is named there. */
export async function parseScript(text: string, file: string): Promise<Script> {
  const parsed = parseYaml(text);
  if ('fault' in parsed) throw invalid(file, `It is no YAML: ${parsed.fault}.`, { line: parsed.line, column: parsed.column });
  await check(parsed.value, file);
  return parsed.value as unknown as Script;
}

/** The text of a script file. Throws `SCRIPT_INVALID`. */
export function readScriptText(path: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) throw invalid(path, 'It is larger than 64 MiB.');
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

async function check(value: JsonValue, file: string): Promise<void> {
  const { compileSchema } = await import('../../../base/schema.ts');
  const checked = compileSchema(JSON.parse(JSON.stringify(schema)))(value);
  if (checked.valid) return;
  // `oneOf` reports each of its branches: the deepest path is the one that was meant.
  const [first, ...others] = checked.errors.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  const at = first?.path === undefined || first.path === '' ? 'the file' : first.path;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more fault')})`;
  const version = isJsonObject(value) && value['version'] !== 1 ? ' It begins with `version: 1`.' : '';
  throw invalid(file, `At ${at}: ${first?.message ?? 'not as it should be'}${more}.${version}`);
}

function invalid(file: string, message: string, place: { line?: number; column?: number } = {}): NexusError {
  return new NexusError('SCRIPT_INVALID', `${file} is no script: ${message}`, {
    hint: 'docs/script-agent.md shows how scripts are written.',
    details: { file, ...place },
  });
}
