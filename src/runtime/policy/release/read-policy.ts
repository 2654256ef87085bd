import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import { writeTar } from '../../../spec/archive/write-tar.ts';
import { invalid, MAX_BUNDLE, parsePolicy, type ReleasePolicy } from './release-policy.ts';
import { storedGzip } from './stored-gzip.ts';

/** The policy that is shipped: the rules that the gate itself goes by, in Rego. */
export const DEFAULT_POLICY = join(import.meta.dirname, '..', '..', '..', '..', 'templates', 'policy', 'release');

const MAX_FILES = 2000;
/** Folders inside folders. */
const MAX_DEPTH = 20;

/**
 * A policy from where it lies: a bundle (`.tar.gz`) as it is, a `.rego` file or a folder packed as a bundle, the same bytes for the same
 * files. Throws `RELEASE_POLICY_INVALID`.
 */
export function readPolicy(path: string): ReleasePolicy {
  try {
    if (statSync(path).isDirectory()) return packed(filesIn(path));
    if (path.endsWith('.rego')) return packed(new Map([[basename(path), path]]));
    return parsePolicy(contentOf(path));
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw invalid(`${path} cannot be read.`, error);
  }
}

function packed(files: ReadonlyMap<string, string>): ReleasePolicy {
  const contents = [...files].map(([path, file]) => ({ path, content: contentOf(file) }));
  return parsePolicy(storedGzip(Buffer.concat([...writeTar(contents)])));
}

function contentOf(file: string): Buffer {
  if (statSync(file).size > MAX_BUNDLE) throw invalid(`${file} is larger than ${MAX_BUNDLE / 2 ** 20} MiB.`);
  return readFileSync(file);
}

/** What of a folder belongs to a bundle, by its path in it; hidden folders and links are left alone. */
function filesIn(folder: string, prefix = '', depth = 0): Map<string, string> {
  if (depth > MAX_DEPTH) throw invalid(`${folder} lies too deep.`);
  const files = new Map<string, string>();
  for (const item of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => compareText(a.name, b.name))) {
    const path = prefix + item.name;
    if (item.isDirectory() && !item.name.startsWith('.')) {
      for (const [name, file] of filesIn(join(folder, item.name), `${path}/`, depth + 1)) files.set(name, file);
    } else if (item.isFile() && isPolicyFile(item.name, path)) files.set(path, join(folder, item.name));
    if (files.size > MAX_FILES) throw invalid(`${folder} has more than ${MAX_FILES} files.`);
  }
  return files;
}

function isPolicyFile(name: string, path: string): boolean {
  return name.endsWith('.rego') || /^data\.(json|ya?ml)$/.test(name) || path === '.manifest' || path === 'policy.wasm';
}
