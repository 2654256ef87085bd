import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, type YAMLMap } from 'yaml';

import { NexusError } from '../../base/errors.ts';
import { counted, listed } from '../../base/text.ts';
import { type DiagnosticCode, DIAGNOSTICS } from '../diagnostics.ts';
import { readYaml, type Yaml } from '../documents/read-yaml.ts';
import { didYouMean, NearestName } from '../nearest-name.ts';
import { type Level, LEVELS, type LevelRules, type Levels } from './level-rules.ts';

interface Fault {
  line: number;
  column: number;
  message: string;
  hint: string;
}

/** Reads a configuration strictly: throws `CONFIG_INVALID` with all that is wrong, and where. */
export function readLevels(text: string, file: string): LevelRules {
  const reader = new ConfigReader(text);
  const rules = reader.read();
  const [first, ...others] = reader.faults;
  if (first === undefined) return { file, ...rules };
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more fault')})`;
  throw new NexusError('CONFIG_INVALID', `${first.message}${more}`, {
    hint: first.hint,
    details: { file, line: first.line, column: first.column, faults: reader.faults },
  });
}

type Entry = [key: string, value: Node | null, at: Node];

/** Sections of the configuration; each has its reader. */
const SECTIONS = ['validate', 'qa', 'agents', 'secrets', 'vault', 'policy', 'release', 'retention', 'signing', 'vulnerabilities'];

class ConfigReader {
  readonly faults: Fault[] = [];
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #codes = new NearestName(() => Object.keys(DIAGNOSTICS));

  constructor(text: string) {
    this.#text = text;
  }

  read(): Omit<LevelRules, 'file'> {
    const document = this.#parse();
    const rules: { levels: Levels; overrides: LevelRules['overrides'] } = { levels: new Map(), overrides: [] };
    if (document === undefined) return rules;
    if (document.fault !== undefined) this.#fault(document.fault.offset, `It is no YAML: ${document.fault.message}.`);
    if (document.fault !== undefined || document.contents === null) return rules;
    for (const [section, value] of this.#entries(document.contents, SECTIONS)) {
      // What it says of agents and of tests is for those who run them.
      if (section !== 'validate') continue;
      for (const [key, inner] of this.#entries(value, ['levels', 'overrides'])) {
        if (key === 'levels') rules.levels = this.#levels(inner);
        else rules.overrides = this.#overrides(inner);
      }
    }
    return rules;
  }

  #parse(): Yaml | undefined {
    try {
      return readYaml(this.#text, { lines: this.#lines });
    } catch {
      // The parser recurses: thousands of open brackets end its stack.
      this.#fault(0, 'It is nested too deeply.');
      return undefined;
    }
  }

  #overrides(node: Node | null): LevelRules['overrides'] {
    return this.#items(node, 'overrides').map((item) => {
      const found: { paths: string[]; levels: Levels } = { paths: [], levels: new Map() };
      for (const [key, value] of this.#entries(item, ['paths', 'levels'])) {
        if (key === 'paths') found.paths = this.#items(value, 'paths').flatMap((each) => this.#path(each));
        else found.levels = this.#levels(value);
      }
      if (isMap(item) && !item.has('paths')) this.#fault(item, '`paths` is missing.', 'Write `paths: [legacy/**]`.');
      return found;
    });
  }

  #levels(node: Node | null): Levels {
    const levels = new Map<DiagnosticCode, Level>();
    for (const [key, value, at] of this.#entries(node)) {
      const level = LEVELS.find((each) => isScalar(value) && each === value.value);
      if (!isCode(key))
        this.#fault(
          at,
          `There is no diagnostic \`${key}\`.`,
          `${didYouMean(this.#codes.nearest(key))}docs/diagnostics.md lists all there are.`,
        );
      else if (level === undefined) this.#fault(value ?? at, `\`${key}\` has no such level.`, `Levels are ${listed(LEVELS)}.`);
      else levels.set(key, level);
    }
    return levels;
  }

  #path(node: Node): string[] {
    if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return [node.value];
    this.#fault(node, 'A path is not a text.', 'Write it in quotes.');
    return [];
  }

  #items(node: Node | null, key: string): Node[] {
    if (isSeq<Node>(node)) return node.items;
    this.#fault(node ?? 0, `\`${key}\` is not a list.`, 'Write each of them behind a `-`.');
    return [];
  }

  /** The members of a mapping; those that are not among `known` are faults. */
  #entries(node: Node | null, known?: readonly string[]): Entry[] {
    if (!isMap(node)) {
      if (node !== null && !(isScalar(node) && node.value === null))
        this.#fault(node, 'A mapping is wanted here.', 'Write `key: value`.');
      return [];
    }
    return (node as YAMLMap<ParsedNode, ParsedNode | null>).items.flatMap(({ key, value }): Entry[] => {
      const name = isScalar(key) ? String(key.value) : '';
      if (known === undefined || known.includes(name)) return [[name, value, key]];
      this.#fault(
        key,
        `The key \`${name}\` is not known.`,
        `${didYouMean(new NearestName(() => known).nearest(name))}Known here are ${listed(known)}.`,
      );
      return [];
    });
  }

  #fault(at: Node | number, message: string, hint = 'Correct it, or remove the line.'): void {
    const { line, col: column } = this.#lines.linePos(typeof at === 'number' ? at : (at.range?.[0] ?? 0));
    this.faults.push({ line: Math.max(1, line), column: Math.max(1, column), message, hint });
  }
}

function isCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(DIAGNOSTICS, text);
}
