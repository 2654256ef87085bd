import type { Dialect } from '../../dialect.ts';
import { recognises } from './recognise.ts';
import { placeOfSpecs, roleOf } from './spec-folder.ts';

/** Kiro's specifications, and those of cc-sdd, which lie in the same folders: requirements, design and tasks. */
export const kiro: Dialect = {
  name: 'kiro',
  recognises,
  owns: (bundle) => {
    const isPlaced = placeOfSpecs(bundle);
    return (path) => isPlaced(path) && roleOf(path) !== undefined;
  },
  read: async (desk) => (await import('./read.ts')).read(desk),
};
