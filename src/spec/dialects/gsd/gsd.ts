import type { Dialect } from '../../dialect.ts';
import type { Bundle } from '../../read-bundle.ts';

/** Get Shit Done: `.planning/` with a roadmap, and phases of plans. */
export const gsd: Dialect = { name: 'gsd', recognises, read: async (desk) => (await import('./read.ts')).read(desk) };

const HEAD = 3000;

function recognises({ files }: Bundle): boolean {
  return files.some(({ path, text }) => {
    if (/(?:^|\/)\.planning\/(?:.*PLAN(?:-\d+)?|ROADMAP|PROJECT|STATE|REQUIREMENTS)\.md$/i.test(path)) return true;
    if (!/(?:^|[/-])PLAN(?:-\d+)?\.md$/.test(path)) return false;
    const head = text.slice(0, HEAD);
    return /^---[\t ]*\r?\n/.test(head)
      ? /^phase[\t ]*:/m.test(head) && /^(?:plan|wave|depends_on|must_haves)[\t ]*:/m.test(head)
      : /^[\t ]*<task type=/m.test(head);
  });
}
