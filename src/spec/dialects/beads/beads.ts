import type { Dialect } from '../../dialect.ts';
import type { Bundle } from '../../read-bundle.ts';
import { BEADS_FOLDER, LINES } from './claims.ts';
import { beginsWithIssue } from './issue-lines.ts';

/** beads: issues in JSON, one to a line, as `bd` exports them. */
export const beads: Dialect = { name: 'beads', recognises, read: async (desk) => (await import('./read.ts')).read(desk) };

function recognises({ files, root, name }: Bundle): boolean {
  const isOwn = (path: string): boolean => BEADS_FOLDER.test(path) || name === '.beads' || /[/\\]\.beads$/.test(root);
  if (files.some(({ path, text }) => LINES.test(path) && (isOwn(path) || files.length === 1) && beginsWithIssue(text)))
    return true;
  return files.length > 0 && files.every(({ path }) => isOwn(path));
}
