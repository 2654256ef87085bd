import { existsSync, readFileSync } from 'node:fs';

import { type Digest, sha256 } from '../../base/digest.ts';

/** Whether the folder holds this product already, going by its listing. */
export function isPublished(head: Digest, folder: string): boolean {
  const listing = listingOf(folder);
  return existsSync(folder) && existsSync(listing) && sha256(readFileSync(listing)) === head;
}

/** Where the list of what a folder holds lies: beside it. */
export function listingOf(folder: string): string {
  return `${folder}.tree.json`;
}
