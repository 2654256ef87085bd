import { isMarkdown } from '../../line-account.ts';

/** What a file of a backlog is, by the folder it lies in. */
export type Place = 'task' | 'completed' | 'archived' | 'draft' | 'context' | 'outside';

const ROOT = /^(.*?(?:^|\/)\.?backlog)\/(?:tasks|completed|drafts|archive|docs|decisions|milestones)(?:\/|$)/i;
const CONFIG = /^(.*?(?:^|\/)\.?backlog)\/config\.ya?ml$/i;
/** Inside of the folder itself, where the bundle is that. */
const INNER = /^(?:tasks|completed|drafts|archive\/(?:tasks|drafts)|docs|decisions|milestones)\//i;
/** `task-12 - Update the form.md`, `task-epic-11.4.md`. */
const TASK_FILE = /^([\p{L}][\p{L}\p{N}_-]{0,40}?-\d{1,6}(?:\.\d{1,6}){0,6})(?:\s*-\s.*)?\.(?:md|markdown)$/iu;

/** The backlog folder a path lies in, as a path in the bundle; '' where the bundle is one. */
export function rootOf(path: string): string | undefined {
  return ROOT.exec(path)?.[1] ?? CONFIG.exec(path)?.[1] ?? (INNER.test(path) || /^config\.ya?ml$/i.test(path) ? '' : undefined);
}

export function placeOf(path: string): Place {
  const root = rootOf(path);
  if (root === undefined) return path.includes('/') ? 'outside' : 'task';
  const [folder = '', inner = ''] = path
    .slice(root === '' ? 0 : root.length + 1)
    .toLowerCase()
    .split('/');
  if (folder === 'tasks') return 'task';
  if (folder === 'completed') return 'completed';
  if (folder === 'drafts' || (folder === 'archive' && inner === 'drafts')) return 'draft';
  return folder === 'archive' && inner === 'tasks' ? 'archived' : 'context';
}

export function isConfig(path: string): boolean {
  return /(?:^|\/)(?:\.?backlog\/config|backlog\.config)\.ya?ml$|^config\.ya?ml$/i.test(path);
}

export function isTaskPlace(path: string): boolean {
  const place = placeOf(path);
  return isMarkdown(path) && (place === 'task' || place === 'completed' || place === 'archived' || idInName(path) !== undefined);
}

/** The id that a task's file is named by. */
export function idInName(path: string): string | undefined {
  return TASK_FILE.exec(path.slice(path.lastIndexOf('/') + 1))?.[1];
}

/** Names of a task besides its id: without the prefix, with the one that all tools begin with, and without zeros before numbers. */
export function aliasesOf(id: string): string[] {
  const bare = /^\p{L}[\p{L}\p{N}_]*-(?=.)/u.exec(id);
  const number = bare === null ? id : id.slice(bare[0].length);
  // Prefixes change; what depends on a task may still call it by the first one.
  const names = /^\d/.test(number) ? [id, number, `task-${number}`] : [id, number];
  const plain = names.map((name) => name.replace(/(^|[-.])0{1,6}(?=\d)/g, '$1'));
  return [...new Set([...names, ...plain])].filter((name) => name !== id);
}
