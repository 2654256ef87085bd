import type { Dialect } from '../../dialect.ts';
import { layoutOf } from './layout.ts';

/** OpenSpec (Fission-AI): living specs, and changes with proposal, tasks and deltas. */
export const openspec: Dialect = {
  name: 'openspec',
  recognises: (bundle) => layoutOf(bundle) !== undefined,
  owns: (bundle) => {
    const layout = layoutOf(bundle);
    return (path) => layout !== undefined && layout.roleOf(path).type !== 'other';
  },
  read: async (desk) => (await import('./read.ts')).read(desk),
};
