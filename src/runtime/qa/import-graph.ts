import { posix } from 'node:path';

import type { Digest } from '../../base/digest.ts';
import type { Artifact, Tree } from '../vault/artifact.ts';

const MODULE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;
/** `from '…'`, `import '…'`, `import('…')`, `require('…')`; what a comment or string happens to hold only makes a closure larger. */
const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"\n]+)['"]/g;

/** Anything in a configuration file that could be a path: `<rootDir>/dist/test/setup.js`. */
const MENTION = /[\w.@-]+(?:\/[\w.@-]+)+/g;

/**
 * Which files of a tree a file may load, read from the text of its imports; reads each content once. What a configuration file at the root
 * mentions (set-up files, transforms) counts as loaded by all, as do declarations. What is no module (schemas, documents) can be reached in
 * ways that no text shows: it belongs to every part of a tree.
 */
export class ImportGraph {
  readonly #read: (digest: Digest) => Uint8Array;
  readonly #specifiers = new Map<Digest, readonly string[]>();
  readonly #mentions = new Map<Digest, readonly string[]>();
  /** Each name once: most files import the same few. */
  readonly #names = new Map<string, string>();

  constructor(read: (digest: Digest) => Uint8Array) {
    this.#read = read;
  }

  /** Paths of the modules that `paths` load, themselves included. */
  closure(tree: Tree, paths: Iterable<string>): Set<string> {
    const byPath = new Map(tree.map((artifact) => [artifact.path, artifact]));
    const configuration = tree.filter(({ path }) => isConfiguration(path));
    const shared = tree.filter(({ path }) => isConfiguration(path) || DECLARATION.test(path)).map(({ path }) => path);
    const mentioned = configuration.flatMap((artifact) => this.#mentioned(artifact, byPath));
    const reached = new Set<string>();
    const queue = [...shared, ...mentioned, ...paths].filter((path) => byPath.has(path));
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      const artifact = byPath.get(path);
      if (artifact !== undefined && MODULE.test(path)) queue.push(...this.#imported(artifact, byPath));
    }
    return reached;
  }

  /** The part of a tree that is enough to compile and run `paths`, in the tree's order. */
  narrow(tree: Tree, paths: Iterable<string>): Tree {
    const reached = this.closure(tree, paths);
    return tree.filter(({ path }) => reached.has(path) || !MODULE.test(path));
  }

  #imported({ path, digest }: Artifact, tree: ReadonlyMap<string, Artifact>): string[] {
    const local = this.#find(digest, SPECIFIER, this.#specifiers).filter((specifier) => specifier.startsWith('.'));
    return local.flatMap((specifier) => resolveIn(tree, posix.join(posix.dirname(path), specifier)));
  }

  /** Also finds what is mentioned by its emitted name: `dist/test/setup.js` for `test/setup.ts`. */
  #mentioned({ digest }: Artifact, tree: ReadonlyMap<string, Artifact>): string[] {
    return this.#find(digest, MENTION, this.#mentions).flatMap((mention) => {
      const parts = mention.split('/');
      return parts.flatMap((_, at) => resolveIn(tree, parts.slice(at).join('/'))).slice(0, 1);
    });
  }

  #find(digest: Digest, pattern: RegExp, cache: Map<Digest, readonly string[]>): readonly string[] {
    const known = cache.get(digest);
    if (known !== undefined) return known;
    const source = Buffer.from(this.#read(digest)).toString('utf8');
    const found = [...new Set([...source.matchAll(pattern)].map(([whole, inner]) => this.#name(inner ?? whole)))];
    cache.set(digest, found);
    return found;
  }

  /** A copy: V8 keeps the whole of a text for as long as anybody holds a part of it, and these parts are held to the end. */
  #name(part: string): string {
    const known = this.#names.get(part);
    if (known !== undefined) return known;
    const name = Buffer.from(part).toString('utf8');
    this.#names.set(name, name);
    return name;
  }
}

/** Modules at the root and what configures the tools. Not `package.json`, whose entry points would lead to the whole product. */
function isConfiguration(path: string): boolean {
  return /^(?:[^/]+\.[cm]?[jt]s|(?:tsconfig|jest)[^/]*\.json)$/.test(path);
}

/** Where an import may lead: the path itself, the TypeScript behind a JavaScript name, or with what was left out. */
function resolveIn(tree: ReadonlyMap<string, Artifact>, base: string): string[] {
  const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  const candidates = [
    base,
    source,
    source.replace(/\.ts$/, '.tsx'),
    `${base}.ts`,
    `${base}.js`,
    `${base}/index.ts`,
    `${base}/index.js`,
  ];
  return candidates.filter((candidate) => tree.has(candidate)).slice(0, 1);
}
