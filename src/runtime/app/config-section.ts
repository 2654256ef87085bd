import schema from '../../../schemas/files/agentnexus.schema.json' with { type: 'json' };
import type { NexusError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import { parseYaml } from '../../spec/documents/parse-yaml.ts';
import type { ConfigFile } from './open-source.ts';

/** What is wrong with a section: where, as a JSON pointer from the top of the file, and what. */
export interface SectionFault {
  path: string;
  message: string;
}

/**
 * A section of `.agentnexus.yaml`, which its schema vouches for; undefined where the file has none, or is no YAML (whoever reads the levels refuses that).
 * Throws what `refuse` makes of a fault.
 */
export async function configSection<Section>(
  { text }: Pick<ConfigFile, 'text'>,
  name: string,
  refuse: (fault: Partial<SectionFault>) => NexusError,
): Promise<Section | undefined> {
  const parsed = parseYaml(text);
  const section = 'fault' in parsed || !isJsonObject(parsed.value) ? undefined : parsed.value[name];
  if (section === undefined) return undefined;
  const { compileSchema } = await import('../../base/schema.ts');
  const checked = compileSchema(JSON.parse(JSON.stringify(schema)))({ [name]: section });
  if (!checked.valid) throw refuse(checked.errors[0] ?? {});
  return section as Section;
}
