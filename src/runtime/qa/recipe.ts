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

/** Flags of node that change how modules are loaded; those of the test runner are ours to set. */
const NODE_VALUE = /^(?:--(?:import|require|loader|experimental-loader|conditions)|-r|-C)$/;
const NODE_FLAG = /^--(?:experimental-(?!test)[\w-]+|enable-source-maps|expose-gc|no-warnings|preserve-symlinks)$/;

/** Flags that the `test` script gives node before its tests: `--import tsx`. */
export function readNodeFlags(packageJson: JsonObject): string[] {
  const scripts = isJsonObject(packageJson.scripts) ? packageJson.scripts : {};
  const words = commandsOf(scripts['test']).find((command) => command.includes('--test') && command.some(isNode)) ?? [];
  const rest = words.slice(words.findIndex(isNode) + 1);
  return rest.flatMap((word, at) => {
    const [name = '', value] = word.split('=', 2);
    if (NODE_FLAG.test(word) || (NODE_VALUE.test(name) && value !== undefined)) return [word];
    const next = rest[at + 1];
    return NODE_VALUE.test(word) && next !== undefined && !next.startsWith('-') ? [word, next] : [];
  });
}

function isNode(word: string): boolean {
  return /(?:^|\/)node$/.test(word);
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
