import type { Dialect } from '../../dialect.ts';

/** The product's own way of writing: sections of labelled bullets, described in `docs/native-dialect.md`. */
export const native: Dialect = {
  name: 'native',
  recognises: () => true,
  read: async (desk) => (await import('./read.ts')).read(desk),
};
