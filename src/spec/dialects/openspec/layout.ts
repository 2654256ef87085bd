import type { Bundle } from '../../read-bundle.ts';

/** What a file of an OpenSpec folder is, by its path. */
export type Role =
  | { type: 'spec'; capability: string }
  | { type: 'delta'; capability: string; change: Change }
  /** A file below a change's `specs/` that the tool does not read: none has the name `spec.md` in a folder of its own. */
  | { type: 'stray-delta'; change: Change }
  | { type: 'tasks' | 'proposal' | 'design' | 'change-metadata' | 'change-other'; change: Change }
  | { type: 'config' | 'project' | 'other' };

export interface Change {
  /** Path of its folder in the bundle; '' if that is the bundle. */
  folder: string;
  /** Its folder's name; '' if the bundle is the change. */
  id: string;
  archived: boolean;
  /** It is no change: a folder beside `changes/` with a task file of its own. */
  besides?: true;
}

/** Where the tool's folder is in the bundle. */
export interface Layout {
  roleOf(path: string): Role;
}

const INSIDE =
  /^(?:(.*?)\/)?openspec\/(?=(?:specs|changes|schemas|explorations)\/|project\.md$|config\.ya?ml$|AGENTS\.md$|README\.md$)/i;
/** What a folder called `openspec` holds that is one, whatever its specs are written like. */
const OWN = /^(?:specs\/|changes\/|project\.md$|config\.ya?ml$)/i;
const TASKS = /(?:^|\/)tasks?(?:[-_.][^/]*)?\.md$/i;
/** The change that is the bundle. */
const ALONE: Change = { folder: '', id: '', archived: false };
const CONFIG = /^(?:config\.ya?ml|schemas\/.*)$/i;

type TextOf = (path: string) => string;

/** Whether the bundle is a repository, an OpenSpec folder, the changes or specs in it, one change, or a single file. */
export function layoutOf({ root, name, files }: Bundle): Layout | undefined {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const paths = [...texts.keys()];
  const textOf: TextOf = (path) => texts.get(path) ?? '';
  const bases = new Set(paths.flatMap((path) => INSIDE.exec(path)?.[0] ?? []));
  if (bases.size > 0) return { roleOf: (path) => roleInRepository(path, bases) };
  const around = layoutAround(root, paths);
  if (around !== undefined) return around;
  const holds = (pattern: RegExp): boolean => paths.some((path) => pattern.test(path));
  if ((/^openspec$/i.test(name) && holds(OWN)) || holds(/^changes\/(?:archive\/)?[^/]+\/(?:proposal|tasks)\.md$/))
    return { roleOf: (path) => roleInside(path, '') };
  if (hasDeltas(paths, textOf) || holds(/^\.openspec\.yaml$/) || (holds(/^proposal\.md$/) && holds(/^(?:tasks\.md$|specs\/)/))) {
    return { roleOf: (path) => roleInChange(path, ALONE) };
  }
  if (hasSpecs(paths, /^specs\/.+\/spec\.md$/, textOf)) return { roleOf: (path) => roleInside(path, '') };
  if (
    paths.some(
      (path) => /^(?:archive\/)?[^/]+\/proposal\.md$/.test(path) && paths.includes(path.replace(/proposal\.md$/, 'tasks.md')),
    )
  ) {
    return { roleOf: (path) => prefixed(path, name === 'archive' ? 'changes/archive' : 'changes') };
  }
  if (hasSpecs(paths, /^.+\/spec\.md$/, textOf)) return { roleOf: (path) => prefixed(path, 'specs') };
  return paths.length === 1 ? singleFile(paths[0] ?? '', textOf) : undefined;
}

const AROUND = /(?:^|\/)openspec\/(?:(changes(?:\/archive)?|specs)|(changes\/(?:archive\/)?[^/]+))\/?$/i;

/** What lies below a folder `openspec` is what its place there says, whatever it holds; of single files only those with tasks. */
function layoutAround(root: string, paths: readonly string[]): Layout | undefined {
  const [, folder, change] = AROUND.exec(root.replaceAll('\\', '/')) ?? [];
  if (change !== undefined && (paths.length > 1 || TASKS.test(paths[0] ?? '')))
    return { roleOf: (path) => roleInChange(path, ALONE) };
  if (folder === undefined || paths.length < 2) return undefined;
  return { roleOf: (path) => prefixed(path, folder.toLowerCase() as 'changes' | 'changes/archive' | 'specs') };
}

/** A path below an `openspec/` folder. */
export function claimsPath(path: string): boolean {
  return INSIDE.test(path) || /(?:^|\/)\.openspec\.yaml$/.test(path);
}

function roleInRepository(path: string, bases: ReadonlySet<string>): Role {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const base = path.slice(0, at + 1);
    if (bases.has(base)) return roleInside(path.slice(base.length), base);
  }
  return { type: 'other' };
}

function roleInside(path: string, base: string): Role {
  const spec = /^specs\/(?:(.+)\/)?spec\.md$/i.exec(path);
  if (spec !== null) return { type: 'spec', capability: spec[1] ?? '' };
  const change = /^changes\/((archive\/)?([^/]+))\/(.+)$/.exec(path);
  if (change !== null) {
    const folder = `${base}changes/${change[1] ?? ''}`;
    return roleInChange(change[4] ?? '', { folder, id: change[3] ?? '', archived: change[2] !== undefined });
  }
  const besides = /^(?!specs\/)((?:.+\/)?([^/]+))\/tasks\.md$/i.exec(path);
  if (besides !== null) {
    const folder = `${base}${besides[1] ?? ''}`;
    return { type: 'tasks', change: { folder, id: besides[2] ?? '', archived: /(?:^|\/)archive\//.test(folder), besides: true } };
  }
  if (/^project\.md$/i.test(path)) return { type: 'project' };
  return { type: CONFIG.test(path) ? 'config' : 'other' };
}

function roleInChange(path: string, change: Change): Role {
  const delta = /^specs\/(.+)\/spec\.md$/i.exec(path);
  if (delta !== null) return { type: 'delta', capability: delta[1] ?? '', change };
  if (/^specs\/.*\.md$/i.test(path)) return { type: 'stray-delta', change };
  if (TASKS.test(path)) return { type: 'tasks', change };
  if (/^proposal\.md$/i.test(path)) return { type: 'proposal', change };
  if (/^design\.md$/i.test(path)) return { type: 'design', change };
  return { type: path === '.openspec.yaml' ? 'change-metadata' : 'change-other', change };
}

/** Files of a bundle that is the folder `changes` or `specs` itself. */
function prefixed(path: string, folder: 'changes' | 'changes/archive' | 'specs'): Role {
  const role = roleInside(`${folder}/${path}`, '');
  if ('change' in role) return { ...role, change: { ...role.change, folder: role.change.folder.slice(folder.length + 1) } };
  return role;
}

const DELTA_HEADER = /^## (?:ADDED|MODIFIED|REMOVED|RENAMED) Requirements[ \t]*$/im;
const SPEC_HEADER = /^### ?Requirement: ?\S/im;
const GROUP_AND_TASK = /^## +\d{1,3}\. [^\n]*\n(?:[^#\n][^\n]*\n|\n){0,20}?[-*+] \[[ xX~-]\] +\d{1,3}\.\d/m;

function hasSpecs(paths: readonly string[], pattern: RegExp, textOf: TextOf): boolean {
  return paths.some((path) => pattern.test(path) && SPEC_HEADER.test(textOf(path)));
}

function hasDeltas(paths: readonly string[], textOf: TextOf): boolean {
  return paths.some((path) => /^specs\/.*\.md$/.test(path) && DELTA_HEADER.test(textOf(path)));
}

/** A single file has no folder to tell what it is. */
function singleFile(path: string, textOf: TextOf): Layout | undefined {
  const text = textOf(path).replace(/\r\n?/g, '\n');
  const change = ALONE;
  let role: Role | undefined;
  if (!/\.(?:md|markdown)$/i.test(path)) return undefined;
  if (DELTA_HEADER.test(text)) role = { type: 'delta', capability: path.replace(/\.[^.]*$/, ''), change };
  else if (/^## Requirements[ \t]*$/im.test(text) && SPEC_HEADER.test(text))
    role = { type: 'spec', capability: path.replace(/\.[^.]*$/, '') };
  else if (/^tasks\.md$/i.test(path) && GROUP_AND_TASK.test(text)) role = { type: 'tasks', change };
  return role === undefined ? undefined : { roleOf: () => role };
}
