import type { Dialect } from '../../dialect.ts';
import { looksLikeSpecKit } from './feature-files.ts';

/** GitHub Spec Kit: a folder for each feature, with `spec.md`, `plan.md`, `tasks.md`, `contracts/` and `checklists/`. */
export const speckit: Dialect = {
  name: 'speckit',
  recognises: looksLikeSpecKit,
  read: async (desk) => (await import('./read.ts')).read(desk),
};
