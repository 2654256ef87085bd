import type { Dialect } from '../../dialect.ts';
import type { Bundle } from '../../read-bundle.ts';
import { idInName, isConfig, isTaskPlace } from './folders.ts';

/** Backlog.md: one Markdown file per task, with YAML front matter, in `backlog/`. */
export const backlog: Dialect = { name: 'backlog', recognises, read: async (desk) => (await import('./read.ts')).read(desk) };

const HEAD = 4000;

function recognises({ files }: Bundle): boolean {
  return files.some(({ path, text }) => {
    if (isConfig(path))
      return /^project_name\s*:/m.test(text) && /^(?:statuses|default_status|task_prefix|date_format)\s*:/m.test(text);
    return isTaskPlace(path) && looksLikeTask(text, idInName(path) !== undefined);
  });
}

/** The keys that the tool writes; a file that is not named as it names them needs more of them. */
function looksLikeTask(text: string, isNamed: boolean): boolean {
  const head = text.slice(0, HEAD);
  if (!/^\u{FEFF}?---[\t ]*\r?\n/u.test(head)) return false;
  const keys = ['id', 'title', 'status'].every((key) => new RegExp(String.raw`^${key}[\t ]*:`, 'm').test(head));
  const others = ['assignee', 'created_date', 'labels', 'dependencies', 'updated_date'].filter((key) =>
    new RegExp(String.raw`^${key}[\t ]*:`, 'm').test(head),
  );
  return keys && others.length >= (isNamed ? 1 : 2);
}
