import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { execa } from 'execa';

import { toScripts } from '../../scripts/build/scripts.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin');

/** What a program's first script gives to be started. */
const START = `
import { enableCompileCache } from 'node:module';
enableCompileCache();
const { begin } = await import('./scripts.js');
console.log(JSON.stringify(await begin('main.js', 'main').main()));
`;

/** ES modules, by their paths below `dist/`, as the build leaves them; those named `*-entry` stay modules. */
export function build(root: string, texts: Record<string, string>): Map<string, string> {
  const files = new Map(Object.entries(texts).map(([name, text]) => [join(root, 'dist', name), text]));
  return toScripts(root, files, (path) => path.endsWith('-entry.js'));
}

/** Puts them beside what loads them. */
export async function install(root: string, files: ReadonlyMap<string, string>, stamp = 'one'): Promise<void> {
  for (const name of ['builtin.js', 'code-pack.js', 'scripts.js'])
    await put(root, `bin/${name}`, await readFile(join(BIN, name), 'utf8'));
  await put(root, 'bin/start.js', START);
  await put(root, 'package.json', '{"type":"module"}');
  await put(root, 'dist/.stamp', stamp);
  for (const [path, text] of files) await put(root, path.slice(root.length + 1), text);
}

/** Starts `main.js` and hears what its `main` gives; `compiled` are the functions that V8 made code for. */
export async function start(root: string, env: Record<string, string>): Promise<{ said: unknown; compiled: string[] }> {
  const log = join(root, 'v8.log');
  const flags = ['--log-function-events', `--logfile=${log}`, '--no-logfile-per-isolate'];
  const { stdout, stderr } = await execa(process.execPath, [...flags, join(root, 'bin', 'start.js')], { env });
  if (stderr !== '') throw new Error(stderr);
  const events = (await readFile(log, 'utf8')).split('\n').map((line) => line.split(','));
  const compiled = events
    .filter(([kind, what]) => kind === 'function' && what === 'interpreter')
    .flatMap((event) => event.at(-1) ?? []);
  return { said: JSON.parse(stdout), compiled };
}

export async function put(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
