import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import { counted } from '../../../base/text.ts';
import { parseStrictJson } from '../../vault/strict-json.ts';
import { invalidScript } from './read-script-text.ts';
import type { Script } from './script.ts';

/** Reads a script's text. Throws `SCRIPT_INVALID` with what is wrong, and where; `file` is named there. */
export async function parseScript(text: string, file: string): Promise<Script> {
  const value = jsonOf(text) ?? (await yamlOf(text, file));
  await check(value, file);
  return value as unknown as Script;
}

/** What programs write, which means the same as YAML and takes a tenth of the time to read; undefined where it is none, or may not be. */
function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseStrictJson(text);
  } catch {
    return undefined;
  }
}

async function yamlOf(text: string, file: string): Promise<JsonValue> {
  const { parseYaml } = await import('../../../spec/documents/parse-yaml.ts');
  const parsed = parseYaml(text);
  if ('value' in parsed) return parsed.value;
  throw invalidScript(file, `It is no YAML: ${parsed.fault}.`, { line: parsed.line, column: parsed.column });
}

async function check(value: JsonValue, file: string): Promise<void> {
  const { checkScript } = await import('./script-check.ts');
  const checked = checkScript(value);
  if (checked.valid) return;
  // `oneOf` reports each of its branches: the deepest path is the one that was meant.
  const [first, ...others] = checked.errors.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  const at = first?.path === undefined || first.path === '' ? 'the file' : first.path;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more fault')})`;
  const version = isJsonObject(value) && value['version'] !== 1 ? ' It begins with `version: 1`.' : '';
  throw invalidScript(file, `At ${at}: ${first?.message ?? 'not as it should be'}${more}.${version}`);
}
