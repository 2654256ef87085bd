import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';

/** What a product says about building and testing itself. Its scripts are read as data and never run. */
export interface Recipe {
  /** TypeScript projects that its `build` and `test` scripts compile, in that order. */
  projects: string[];
  /** `--config` of the Jest call in its `test` script. */
  jestConfig: string | undefined;
  /** All packages it declares, whatever for. */
  dependencies: string[];
}

export function readRecipe(packageJson: JsonObject): Recipe {
  const scripts = isJsonObject(packageJson.scripts) ? packageJson.scripts : {};
  const commands = ['build', 'pretest', 'test'].flatMap((name) => commandsOf(scripts[name]));
  return {
    projects: [
      ...new Set(commands.map((words) => argumentOf(words, 'tsc', ['-p', '--project', '-b', '--build'], 'tsconfig.json'))),
    ].filter((project) => project !== undefined),
    jestConfig: commands.map((words) => argumentOf(words, 'jest', ['-c', '--config'])).find((config) => config !== undefined),
    dependencies: ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((field) => keysOf(packageJson[field])),
  };
}

/** The commands of a script line, each as its words; quotes are not interpreted: no name that we look for needs any. */
function commandsOf(script: JsonValue | undefined): string[][] {
  if (typeof script !== 'string') return [];
  return script.split(/&&|\|\||;/).map((command) => command.trim().split(/\s+/));
}

/** Value of the first of `flags` after the word that names `tool`, or `fallback` if the tool is called without; undefined if it is not called. */
function argumentOf(words: readonly string[], tool: string, flags: readonly string[], fallback?: string): string | undefined {
  const at = words.findIndex((word) => new RegExp(`(?:^|/)${tool}(?:\\.js)?$`).test(word));
  if (at === -1) return undefined;
  const rest = words.slice(at + 1).flatMap((word) => (word.startsWith('--') ? word.split('=') : [word]));
  const flag = rest.findIndex((word) => flags.includes(word));
  const value = flag === -1 ? undefined : rest[flag + 1];
  return value === undefined || value.startsWith('-') ? fallback : value;
}

function keysOf(value: JsonValue | undefined): string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}
