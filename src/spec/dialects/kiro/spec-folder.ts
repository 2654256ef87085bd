import type { Desk } from '../../dialect.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import type { Bundle } from '../../read-bundle.ts';
import { KIRO_SPECS } from './claims.ts';

/** One specification: a folder with requirements, a design and tasks, or some of them. */
export interface SpecFolder {
  /** Path in the bundle; empty for the bundle's root. */
  path: string;
  tasks: LineAccount[];
  /** `requirements.md` and `bugfix.md`. */
  requirements: LineAccount[];
  designs: LineAccount[];
}

export interface Layout {
  folders: SpecFolder[];
  /** Markdown that guides or tells: steering, templates, research, whatever lies elsewhere. */
  context: LineAccount[];
  /** `spec.json`, `tasks.meta.json`: what the tools note for themselves. */
  notes: LineAccount[];
  /** JSON and YAML that may be contracts. */
  documents: LineAccount[];
}

const SPECS_IN_KIRO = /^specs\//i;
const GUIDANCE = /(?:^|\/)(?:steering|settings|hooks|templates|rules)\//i;
const OWN_NOTES = /(?:^|\/)(?:spec|tasks\.meta|\.config\.kiro|config\.kiro)\.json$/i;
const ROLES: readonly (readonly ['tasks' | 'requirements' | 'designs', RegExp])[] = [
  ['tasks', /^tasks?\.(?:md|markdown)$/i],
  ['requirements', /^(?:requirements?|bugfix)\.(?:md|markdown)$/i],
  ['designs', /^design\.(?:md|markdown)$/i],
];

/** Which paths of the bundle lie where specifications lie: under `.kiro/specs/`, or anywhere where the bundle is but a part of that. */
export function placeOfSpecs({ root, files }: Pick<Bundle, 'root' | 'files'>): (path: string) => boolean {
  if (files.some(({ path }) => KIRO_SPECS.test(path))) return (path) => KIRO_SPECS.test(path);
  const isKiro = /(?:^|[\\/])\.kiro$/i.test(root) || files.some(({ path }) => /^steering\//i.test(path));
  if (isKiro && files.some(({ path }) => SPECS_IN_KIRO.test(path))) return (path) => SPECS_IN_KIRO.test(path);
  return (path) => !GUIDANCE.test(path);
}

/** Tells the bundle's files apart. */
export function layoutOf({ bundle, accounts }: Desk): Layout {
  const isPlaced = placeOfSpecs(bundle);
  const folders = new Map<string, SpecFolder>();
  const layout: Layout = { folders: [], context: [], notes: [], documents: [] };
  const alone = accounts.length === 1;
  for (const account of accounts) {
    const { path } = account.source;
    const role = isPlaced(path) ? (roleOf(path) ?? (alone && isMarkdown(path) ? 'tasks' : undefined)) : undefined;
    if (role !== undefined) folderAt(folders, path)[role].push(account);
    else if (isMarkdown(path)) layout.context.push(account);
    else layout[OWN_NOTES.test(path) ? 'notes' : 'documents'].push(account);
  }
  layout.folders = [...folders.values()];
  return layout;
}

export function roleOf(path: string): 'tasks' | 'requirements' | 'designs' | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return ROLES.find(([, pattern]) => pattern.test(name))?.[0];
}

function folderAt(folders: Map<string, SpecFolder>, file: string): SpecFolder {
  const path = folderOf(file);
  const known = folders.get(path);
  if (known !== undefined) return known;
  const made: SpecFolder = { path, tasks: [], requirements: [], designs: [] };
  folders.set(path, made);
  return made;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** What tells the folders of a bundle apart: nothing where there is one; else their paths, without what all of them begin with. */
export function scopesOf(folders: readonly SpecFolder[]): string[] {
  if (folders.length < 2) return folders.map(() => '');
  const short = folders.map(({ path }) => path.replace(/^(?:.*\/)?\.kiro\/specs\//i, '').replace(SPECS_IN_KIRO, ''));
  return new Set(short).size === short.length ? short : folders.map(({ path }) => path);
}
