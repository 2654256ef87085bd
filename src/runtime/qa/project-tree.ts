import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Digest, sha256 } from '../../base/digest.ts';
import { compareText } from '../../base/text.ts';
import type { Artifact, ArtifactType, Tree } from '../vault/artifact.ts';
import { runProcess } from '../workspace/process.ts';
import { productPathFault } from '../workspace/product-path.ts';
import { isTestName } from './test-frameworks.ts';

/** A folder of the user as a product. */
export interface ProjectTree {
  tree: Tree;
  read: (digest: Digest) => Uint8Array;
  /** Paths that no product can have, and links: they are left out. */
  omitted: string[];
}

/** What a project holds, without what was installed or built: all that git does not ignore; where there is no git, everything but such folders. */
export async function readProjectTree(folder: string, path: string): Promise<ProjectTree> {
  const paths = (await gitFiles(folder, path)) ?? [...walk(folder, '')];
  const places = new Map<Digest, string>();
  const omitted: string[] = [];
  const tree: Artifact[] = [];
  for (const each of [...new Set(paths)].toSorted(compareText)) {
    const place = join(folder, each);
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) continue;
    if (!found.isFile() || productPathFault(each) !== undefined) {
      omitted.push(each);
      continue;
    }
    const digest = sha256(readFileSync(place));
    places.set(digest, place);
    tree.push({ path: each, digest, size: found.size, type: typeOf(each) });
  }
  return { tree, read: (digest) => readFileSync(places.get(digest) ?? ''), omitted };
}

/** Tracked files, and those that are neither tracked nor ignored; undefined where git is not or knows no repository. */
async function gitFiles(folder: string, path: string): Promise<string[] | undefined> {
  const env = { PATH: path, GIT_OPTIONAL_LOCKS: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const argv = ['git', '-c', 'core.fsmonitor=false', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'] as const;
  const options = { cwd: folder, env, timeoutMs: 60_000, outputLimit: 64 * 1024 * 1024 };
  const listed = await runProcess([...argv], options).catch(() => undefined);
  if (listed === undefined || listed.ended !== 'exited' || listed.code !== 0 || listed.truncated) return undefined;
  const paths = listed.stdout.split('\0').filter((each) => each !== '');
  // A folder that is all ignored is looked at as it is: someone has asked for it.
  return paths.length === 0 ? undefined : paths;
}

const BUILT = new Set([
  '.git',
  'node_modules',
  '__pycache__',
  '.venv',
  'venv',
  'target',
  '.pytest_cache',
  '.agentnexus',
  'coverage',
]);

function* walk(folder: string, under: string): Generator<string> {
  for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
    const path = under === '' ? entry.name : `${under}/${entry.name}`;
    if (!entry.isDirectory()) yield path;
    else if (!BUILT.has(entry.name)) yield* walk(folder, path);
  }
}

const CODE =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|kts|swift|rb|php|cs|fs|c|cc|cpp|cxx|h|hpp|m|mm|scala|clj|ex|exs|erl|hs|ml|zig|lua|pl|r|jl|dart|sh|sql|vue|svelte)$/i;
const TEST = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.(?:py|go|rs)$|(?:^|\/)(?:tests?|__tests__)\//;

function typeOf(path: string): ArtifactType {
  if (!CODE.test(path)) return 'analysis';
  return isTestName(path) || TEST.test(path) ? 'test' : 'code';
}
