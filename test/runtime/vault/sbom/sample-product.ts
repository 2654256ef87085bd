import { sha256 } from '../../../../src/base/digest.ts';
import { type Inventory, inventoryOf } from '../../../../src/runtime/vault/sbom/inventory.ts';
import type { TreeEntry } from '../../../../src/runtime/vault/tree-listing.ts';

export interface SampleProduct {
  inventory: Inventory;
  read: (file: TreeEntry) => Uint8Array;
}

/** A product of these files, by their paths. */
export function sampleProduct(files: Readonly<Record<string, string>>): SampleProduct {
  const tree = Object.keys(files)
    .toSorted()
    .map((path) => ({ path, digest: sha256(files[path] ?? ''), type: 'code' as const }));
  const read = ({ path }: TreeEntry): Uint8Array => Buffer.from(files[path] ?? '');
  return { inventory: inventoryOf(tree, read, 'fallback'), read };
}
