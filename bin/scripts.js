import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { fs, nodeModule } from './builtin.js';
import { openPack, writePack } from './code-pack.js';

/**
 * What the build leaves in `dist/chunks/`, `dist/cli/` and `dist/commands/` are scripts: each is one function that takes its `Place` and returns what it exports.
 * Of ES modules Node keeps the code of what runs while a module is loaded; of scripts V8 gives the code of every function that ran. Two thousand functions run
 * before a large mission's first command: to compile them again takes as long as a bare Node.
 */
const DIST = join(dirname(import.meta.dirname), 'dist') + sep;

/** After so many milliseconds all that a start needs has run, and V8 has thrown nothing of it away yet. */
const STARTED = 2000;

/** So many processes add to a pack whatever they ran: one that has nothing to do runs other functions than one that works. Later ones add scripts. */
const LEARNERS = 3;

const vm = process.getBuiltinModule('node:vm');

/** @type {Map<string, Record<string, unknown>>} */
const exportsOf = new Map();

/** @type {Map<string, import('node:vm').Script>} */
const scripts = new Map();

/** What processes before this one have left. @type {import('./code-pack.js').Pack | undefined} */
let pack;

/** Where a script, or a module that loads scripts, lies: what `import` and `import.meta` are to a module. */
class Place {
  #file;

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  get url() {
    return pathToFileURL(this.#file).href;
  }

  /**
   * What another script exports.
   *
   * @param {string} path
   */
  load(path) {
    return load(join(dirname(this.#file), path));
  }

  /**
   * A package, for its names.
   *
   * @param {string} name
   */
  require(name) {
    return nodeModule.createRequire(this.#file)(name);
  }

  /**
   * What `import x from` gives of a package.
   *
   * @param {string} name
   */
  default(name) {
    const exports = this.require(name);
    return exports?.[Symbol.toStringTag] === 'Module' ? exports.default : exports;
  }

  /**
   * `import()` of a script, or of anything else.
   *
   * @param {string} name
   */
  async import(name) {
    if (name.startsWith('.')) return this.load(name);
    const file = name.startsWith('file:') ? fileURLToPath(name) : '';
    return file.startsWith(DIST) ? load(file) : import(name);
  }

  /** @param {string} name */
  resolve(name) {
    return import.meta.resolve(name);
  }
}

/**
 * For the modules in `dist/`, which processes and threads of their own begin with.
 *
 * @param {string} file
 */
export function placeOf(file) {
  return new Place(file);
}

/**
 * Runs a script of `dist/` once and gives what it exports.
 *
 * @param {string} file
 * @returns {Record<string, unknown>}
 */
function load(file) {
  const loaded = exportsOf.get(file);
  if (loaded !== undefined) return loaded;
  const name = file.slice(DIST.length);
  const cachedData = pack?.codes.get(name);
  const script = new vm.Script(fs.readFileSync(file, 'utf8'), { filename: file, cachedData });
  if (script.cachedDataRejected) pack?.codes.delete(name);
  scripts.set(name, script);
  const exports = script.runInThisContext()(placeOf(file));
  exportsOf.set(file, exports);
  return exports;
}

/**
 * Loads the first script of a program, with the code that a process before it has left under the same name. Where code is kept, and whether, is as Node has it for
 * modules: `NODE_COMPILE_CACHE`, `NODE_DISABLE_COMPILE_CACHE`.
 *
 * @param {string} entry relative to `dist/`
 * @param {string} name
 */
export function begin(entry, name) {
  const folder = nodeModule.getCompileCacheDir?.();
  if (folder !== undefined) {
    pack = openPack(folder, { dist: DIST, name });
    setTimeout(learn, STARTED).unref();
    process.once('exit', learn);
  }
  return load(join(DIST, entry));
}

/** Once: leaves the code of what ran, where some of it may be new. Without, the next start is as slow as this one. */
function learn() {
  const learned = pack;
  pack = undefined;
  if (learned === undefined) return;
  const { times, codes } = learned;
  if (times >= LEARNERS && [...scripts.keys()].every((name) => codes.has(name))) return;
  for (const [name, script] of scripts) codes.set(name, script.createCachedData());
  writePack({ ...learned, times: times + 1 });
}
