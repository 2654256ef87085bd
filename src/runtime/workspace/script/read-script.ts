import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import { counted } from '../../../base/text.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import { invalidScript } from './read-script-text.ts';
import type { Script } from './script.ts';

/** Reads a script's text. Throws `SCRIPT_INVALID` with what is wrong, and where; `file` is named there. */
export async function parseScript(text: string, file: string): Promise<Script> {
  const parsed = parseYaml(text);
  if ('fault' in parsed)
    throw invalidScript(file, `It is no YAML: ${parsed.fault}.`, { line: parsed.line, column: parsed.column });
  await check(parsed.value, file);
  return parsed.value as unknown as Script;
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
