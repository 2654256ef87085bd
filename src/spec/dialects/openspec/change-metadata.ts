import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { parseYaml } from '../../documents/parse-yaml.ts';

/** `unheeded`: the mark is there, and the tool does not heed it, since it cannot load the file that it stands in. */
export type Mark = 'set' | 'unset' | 'unheeded';

interface Marked {
  mark: 'skip_specs' | 'retire_capabilities';
  /** Paths of the bundle, where schemas of its own may be. */
  paths: Iterable<string>;
}

/** What a change's `.openspec.yaml` says of a mark, as `utils/change-metadata.js` reads it. */
export function markOf(text: string | undefined, { mark, paths }: Marked): Mark {
  if (text === undefined || !text.includes(mark)) return 'unset';
  const parsed = parseYaml(text);
  if (!('value' in parsed)) return new RegExp(String.raw`^\s*(['"]?)${mark}\1\s*:`, 'm').test(text) ? 'unheeded' : 'unset';
  if (!isJsonObject(parsed.value)) return 'unset';
  const said = parsed.value[mark];
  if (said === undefined || said === false) return 'unset';
  return said === true && isLoadable(parsed.value, paths) ? 'set' : 'unheeded';
}

function isLoadable({ schema, created }: JsonObject, paths: Iterable<string>): boolean {
  const isDated = created === undefined || (typeof created === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(created));
  return isDated && typeof schema === 'string' && (schema === 'spec-driven' || [...paths].some(isOf(schema)));
}

function isOf(schema: string): (path: string) => boolean {
  return (path) => path === `schemas/${schema}/schema.yaml` || path.endsWith(`/schemas/${schema}/schema.yaml`);
}

/** What to say of a mark that is not heeded. */
export const UNHEEDED = {
  message: 'The tool does not heed `skip_specs`, since the `.openspec.yaml` that it stands in names no schema that there is.',
  hint: 'Write `schema: spec-driven` and `skip_specs: true` into it.',
};

/** What to say where a change says that it has no deltas, and has some. */
export const SKIPPED = {
  message: 'The change says `skip_specs: true`, and has files below `specs/`.',
  hint: 'Remove the one or the other.',
};
