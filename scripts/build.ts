import { createHash } from 'node:crypto';
import { cp, glob, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { build, type Metafile } from 'esbuild';

import { STAMP } from '../bin/build-freshness.js';
import { buildBoard } from './build/board.ts';
import { licences } from './build/licences.ts';
import { broughtAlong, builtinModules, externalPackages, lazyRequires, moduleLocations } from './build/plugins.ts';
import { schemaChecks } from './build/schema-checks.ts';
import { toScripts } from './build/scripts.ts';

/** Plain JavaScript that light commands load: cheaper in a few files than in hundreds. All else stays in `node_modules` until needed. */
const BUNDLED = [
  '@oclif/core',
  '@sigstore/bundle',
  '@sigstore/core',
  '@sigstore/protobuf-specs',
  '@sigstore/sign/dist/bundler',
  '@sigstore/verify',
  'ajv',
  'ajv-formats',
  'canonicalize',
  'chalk',
  'execa',
  'markdown-it',
  'picomatch',
  'yaml',
];

/** What is started by name: both command lines, each command, and modules that run as a process or thread of their own (`*-entry.ts`). */
const ENTRIES = [
  'src/cli/main.ts',
  'src/runtime/serve/main.ts',
  'src/commands/**/*.{ts,tsx}',
  'src/**/*-entry.ts',
  'src/index.ts',
];

/** What every command is made of, and what asks the log how things stand. */
const COMMAND = [
  'cli/load-config.ts',
  'cli/report-error.ts',
  'cli/run-on-command.ts',
  'cli/apply-flags.ts',
  'cli/render/status.ts',
  'runtime/app/call.ts',
];
const LATER = ['runtime/app/apply/apply.ts', 'runtime/app/inspect/missions.ts'];

/** CommonJS inside the bundle needs a `require`; it goes where esbuild's own looks for one, since sources may define theirs. */
const REQUIRE = "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);\n";
const REQUIRE_USER = /\bvar __require ?=/;

const root = join(import.meta.dirname, '..');
const started = new Date();

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: await Array.fromAsync(glob(ENTRIES, { cwd: root })),
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  jsx: 'automatic',
  minifySyntax: true,
  legalComments: 'none',
  alias: { 'wsl-utils': join(root, 'scripts', 'build', 'no-wsl.js') },
  plugins: [
    builtinModules(),
    broughtAlong(join(root, 'src'), { commands: COMMAND, later: LATER }),
    externalPackages(join(root, 'src'), BUNDLED),
    schemaChecks(join(root, 'src')),
    lazyRequires(join(root, 'node_modules', '@oclif', 'core', 'lib')),
    moduleLocations(join(root, 'src')),
  ],
  logLevel: 'warning',
  metafile: true,
  write: false,
  // esbuild has said by now what is wrong, and where.
}).catch(() => process.exit(1));

const texts = outputFiles.map(({ path, text }): [string, string] => [path, REQUIRE_USER.test(text) ? REQUIRE + text : text]);
const files = toScripts(root, new Map(texts), (path) => path.endsWith('-entry.js'));

const board = await buildBoard(root).catch(() => process.exit(1));

// Only now, so that a source that does not compile leaves the last good build where it is.
await rm(join(root, 'dist'), { recursive: true, force: true });
for (const [path, text] of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
for await (const path of glob('src/**/*.py', { cwd: root }))
  await cp(join(root, path), join(root, 'dist', relative('src', path)));
for (const [path, content] of board.files) {
  const target = join(root, 'dist', 'board', path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
const inputs = { ...metafile.inputs, ...board.metafile.inputs };
await writeFile(join(root, 'dist', 'LICENSES.txt'), await licences(root, { ...metafile, inputs }));
// Its own name too, by which the program knows what it has read before: another one may read it otherwise.
await writeFile(join(root, STAMP), buildId(files));
await utimes(join(root, STAMP), started, started);
process.stdout.write(summary(metafile));

function buildId(built: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...built].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${relative(root, path)} ${text.length}\n${text}`);
  return hash.digest('hex');
}

function summary({ outputs }: Metafile): string {
  const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
  return `dist: ${Object.keys(outputs).length} files, ${Math.round(bytes / 1024)} KiB\n`;
}
