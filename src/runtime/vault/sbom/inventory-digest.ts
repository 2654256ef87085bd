import { type Digest, digestOf } from '../../../base/digest.ts';
import type { Inventory } from './inventory.ts';

/** Names a product's inventory: it follows from the files alone. */
export function inventoryDigest({ name, version, files }: Inventory): Digest {
  return digestOf({ name, version, files: files.map(({ path, digest }) => ({ path, digest })) });
}
