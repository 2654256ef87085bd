import { isJsonObject } from '../../../base/json.ts';
import { parseYaml } from '../../documents/parse-yaml.ts';

/** Whether a change's `.openspec.yaml` sets a mark to `true`. What cannot be read sets none. */
export function isMarked(text: string | undefined, mark: 'skip_specs' | 'retire_capabilities'): boolean {
  if (text === undefined || !text.includes(mark)) return false;
  const parsed = parseYaml(text);
  return 'value' in parsed && isJsonObject(parsed.value) && parsed.value[mark] === true;
}
