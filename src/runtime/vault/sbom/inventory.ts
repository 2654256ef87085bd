import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { compareText } from '../../../base/text.ts';
import type { TreeEntry } from '../tree-listing.ts';
import { type LockedPackages, readNpmLock } from './npm-lock.ts';
import { type PackageComponent, packageUrl } from './package-component.ts';

/** What a product is made of, whatever document says it. Both lists are in order, and the same for the same product. */
export interface Inventory {
  name: string;
  /** Undefined if the product does not say. */
  version: string | undefined;
  files: readonly TreeEntry[];
  packages: readonly PackageComponent[];
  /** Ids of the packages that the product itself asks for. */
  direct: readonly string[];
}

/** Bytes of a manifest that are read; what agents write has its limits. */
const MAX_MANIFEST = 32 * 2 ** 20;

/**
 * What is known of a product from its own files: every file by its digest, and the packages of npm from `package-lock.json`, or, where there is none, those that
 * `package.json` asks for. What cannot be read says nothing.
 */
export function inventoryOf(tree: readonly TreeEntry[], read: (file: TreeEntry) => Uint8Array, fallbackName: string): Inventory {
  const manifest = jsonOf(tree, 'package.json', read);
  const lock = jsonOf(tree, 'package-lock.json', read);
  const { packages, direct } = (lock && readNpmLock(lock)) ?? askedFor(manifest);
  const { name, version } = manifest ?? {};
  return {
    name: typeof name === 'string' && name !== '' ? name : fallbackName,
    version: typeof version === 'string' ? version : undefined,
    files: tree,
    packages: packages.toSorted((a, b) => compareText(a.id, b.id)),
    direct: direct.toSorted(compareText),
  };
}

function jsonOf(tree: readonly TreeEntry[], path: string, read: (file: TreeEntry) => Uint8Array): JsonObject | undefined {
  const file = tree.find((each) => each.path === path);
  if (file === undefined) return undefined;
  try {
    const bytes = read(file);
    const value: unknown = bytes.length > MAX_MANIFEST ? undefined : JSON.parse(Buffer.from(bytes).toString());
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function askedFor(manifest: JsonObject = {}): LockedPackages {
  const found = new Map<string, PackageComponent>();
  for (const [field, development] of [
    ['dependencies', false],
    ['optionalDependencies', false],
    ['peerDependencies', false],
    ['devDependencies', true],
  ] as const) {
    const wanted = manifest[field];
    for (const [name, range] of isJsonObject(wanted) ? Object.entries(wanted) : []) {
      const id = packageUrl(name);
      if (id === undefined || typeof range !== 'string' || found.has(id)) continue;
      const unknown = { version: undefined, license: undefined, sha512: undefined, resolved: undefined };
      found.set(id, { id, name, range, development, uses: [], ...unknown });
    }
  }
  return { packages: [...found.values()], direct: [...found.keys()] };
}
