// Runs after every install, possibly on an old Node and without devDependencies; so it is JavaScript and checks before it acts.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const bin = join(modules, '.bin');
const links = existsSync(modules) && process.platform !== 'win32';

if (links) linkCommands();
buildIfPossible(pinnedNode() ?? process.execPath);

/** npm links the commands of dependencies, not of the package itself; without this, `npx spec-kit` would install a copy first. */
function linkCommands() {
  for (const name of ['spec-kit', 'agentnexus']) link(name, join(root, 'bin', `${name}.js`));
  // npm 9 installs the pinned Node but forgets to link it.
  const node = pinnedNode();
  if (node !== undefined && !existsSync(join(bin, 'node'))) link('node', node);
}

/**
 * @param {string} name
 * @param {string} target
 */
function link(name, target) {
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, name), { force: true });
  symlinkSync(relative(bin, target), join(bin, name));
}

/** The Node that `tools/node` brought along, if it has one for this machine. */
function pinnedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const packages = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`];
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return packages.map((name) => join(modules, name, 'bin', executable)).find((path) => existsSync(path));
}

/** @param {string} node */
function buildIfPossible(node) {
  const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.').map(Number);
  const runsTypeScript = major > 22 || (major === 22 && minor >= 18);
  if (existsSync(join(modules, 'esbuild')) && runsTypeScript) {
    execFileSync(node, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  } else {
    process.stdout.write('dist not built (that takes devDependencies and Node.js 22.18): commands run from src/\n');
  }
}
