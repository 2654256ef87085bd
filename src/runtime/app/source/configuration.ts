import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { counted } from '../../../base/text.ts';

/** What is wrong with a section: where, as a JSON pointer from the top of the file, and what. */
export interface SectionFault {
  path: string;
  message: string;
}

/** Where a configuration was found. */
export interface ConfigurationPlace {
  /** For people, and to find what it names. */
  path: string;
  text: string;
  /** Where the bundle lies seen from it: empty if beside it. */
  folder: string;
  /** It lies on this machine. What is fetched or unpacked has none that could say what to run here. */
  isLocal: boolean;
}

/** `.agentnexus.yaml`: found once, parsed once, when the first of its sections is asked for, and handed to whoever wants another. */
export class Configuration {
  readonly path: string;
  readonly text: string;
  readonly folder: string;
  readonly isLocal: boolean;
  #sections: Promise<JsonObject> | undefined;

  constructor({ path, text, folder, isLocal }: ConfigurationPlace) {
    this.path = path;
    this.text = text;
    this.folder = folder;
    this.isLocal = isLocal;
  }

  /** A section as it is written; undefined where there is none. Throws `CONFIG_INVALID` where the file is no YAML. */
  async said(name: string): Promise<unknown> {
    return (await (this.#sections ??= this.#parse()))[name];
  }

  /** Sections that their schema vouches for, those of them that are there. Throws what `refuse` makes of a fault. */
  async sections<Sections extends object>(
    names: readonly (keyof Sections & string)[],
    refuse: (fault: SectionFault) => NexusError,
  ): Promise<Partial<Sections>> {
    const said: Record<string, unknown> = {};
    for (const name of names) {
      const section = await this.said(name);
      if (section !== undefined) said[name] = section;
    }
    if (Object.keys(said).length === 0) return {};
    const { checkConfiguration } = await import('./configuration-check.ts');
    const checked = checkConfiguration(said);
    if (checked.valid) return said as Partial<Sections>;
    const [{ path, message } = { path: '', message: 'is wrong' }, ...others] = checked.errors;
    const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more fault')})`;
    throw refuse({ path, message: `${message}${more}` });
  }

  async #parse(): Promise<JsonObject> {
    const { parseYaml } = await import('../../../spec/documents/parse-yaml.ts');
    const parsed = parseYaml(this.text);
    if (!('fault' in parsed)) return isJsonObject(parsed.value) ? parsed.value : {};
    const { fault, line, column } = parsed;
    throw new NexusError('CONFIG_INVALID', `${this.path}: It is no YAML: ${fault}.`, {
      hint: 'Correct the line that is named.',
      details: { file: this.path, line, column },
    });
  }
}
