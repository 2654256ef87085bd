import { compareText } from '../../../base/text.ts';
import type { Element } from '../../model.ts';
import type { Bundle, BundleFile } from '../../read-bundle.ts';
import { type Mark, markOf } from './change-metadata.ts';
import { isLostDelta } from './delta-spec.ts';
import { type Change, layoutOf, type Role } from './layout.ts';

/** A delta of a change, as it lies in the bundle. */
export interface DeltaFile extends BundleFile {
  capability: string;
}

/** A change that is not archived. */
export interface OpenChange {
  id: string;
  /** Path of its folder in the bundle. */
  folder: string;
  /** Path of the tool's folder in the bundle, empty or with `/` at its end; undefined where the living specs lie outside of the bundle. */
  base: string | undefined;
  /** In the order of their capabilities, which is the tool's. */
  deltas: DeltaFile[];
  /** Files below `specs/` that the tool does not read, and that look like deltas. */
  strays: BundleFile[];
  skipsSpecs: Mark;
  retires: boolean;
  tasks: { total: number; done: number };
  /** All of its files that were read. */
  files: BundleFile[];
  /** A folder in it that is a change itself, where it is none: nobody will look for that one in the archive. */
  nested?: string;
}

/** The changes of a bundle that are open, and the living specs beside them. */
export interface OpenSpecFolder {
  changes: OpenChange[];
  /** By `specPath`. */
  living: ReadonlyMap<string, BundleFile>;
}

/** Where the living spec of a capability lies, whatever the case in which its file is written. */
export function specPath(base: string, capability: string): string {
  return `${base}specs/${capability}/spec.md`;
}

/** Undefined if the bundle is nothing of OpenSpec's. */
export function openSpecFolder(bundle: Bundle, elements: readonly Element[]): OpenSpecFolder | undefined {
  const layout = layoutOf(bundle);
  if (layout === undefined) return undefined;
  const living = new Map<string, BundleFile>();
  const members = new Map<string, Member[]>();
  for (const file of bundle.files) {
    const role = layout.roleOf(file.path);
    if (role.type === 'spec')
      living.set(specPath(file.path.slice(0, -specPath('', role.capability).length), role.capability), file);
    if (!('change' in role) || role.change.archived || role.change.besides === true) continue;
    const { folder } = role.change;
    if (!members.has(folder)) members.set(folder, []);
    members.get(folder)?.push({ file, role });
  }
  const tasks = taskCounts(elements, [...members.keys()]);
  const paths = bundle.files.map(({ path }) => path);
  const changes = [...members].map(([folder, own]) =>
    changeOf(own, { tasks: tasks.get(folder) ?? { total: 0, done: 0 }, paths }),
  );
  return { changes: changes.toSorted((a, b) => compareText(a.folder, b.folder)), living };
}

interface Member {
  file: BundleFile;
  role: Extract<Role, { change: Change }>;
}

function changeOf(
  members: readonly Member[],
  { tasks, paths }: Pick<OpenChange, 'tasks'> & { paths: readonly string[] },
): OpenChange {
  const { folder = '', id = '' } = members[0]?.role.change ?? {};
  const end = `changes/${id}`;
  const base = id !== '' && (folder === end || folder.endsWith(`/${end}`)) ? folder.slice(0, -end.length) : undefined;
  const metadata = members.find(({ role }) => role.type === 'change-metadata')?.file.text;
  const deltas = members.flatMap(({ file, role }) => (role.type === 'delta' ? [{ ...file, capability: role.capability }] : []));
  const strays = members
    .filter(({ file, role }) => role.type === 'stray-delta' && isLostDelta(file.path, file.text))
    .map(({ file }) => file);
  const nested = nestedIn(folder, members);
  return {
    id,
    folder,
    base,
    deltas: deltas.toSorted((a, b) => compareText(a.capability, b.capability)),
    strays,
    skipsSpecs: markOf(metadata, { mark: 'skip_specs', paths }),
    retires: markOf(metadata, { mark: 'retire_capabilities', paths }) === 'set',
    tasks,
    files: members.map(({ file }) => file),
    ...(nested === undefined ? {} : { nested }),
  };
}

/** `changes/area/name/proposal.md`: the tool knows no folders of changes. */
function nestedIn(folder: string, members: readonly Member[]): string | undefined {
  const paths = members.map(({ file }) => file.path.slice(folder.length + 1));
  if (paths.some((path) => !path.includes('/') || path.startsWith('specs/'))) return undefined;
  const found = paths.find((path) =>
    /^[^/]+\/(?:[^/]+\/){0,2}(?:proposal\.md|tasks\.md|design\.md|\.openspec\.yaml|specs\/.+)$/.test(path),
  );
  return found?.replace(/\/(?:proposal\.md|tasks\.md|design\.md|\.openspec\.yaml|specs\/.+)$/, '');
}

function taskCounts(elements: readonly Element[], folders: readonly string[]): Map<string, OpenChange['tasks']> {
  const counts = new Map(folders.map((folder) => [folder, { total: 0, done: 0 }]));
  for (const element of elements) {
    if (element.kind !== 'work') continue;
    const { file } = element.source;
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const count = counts.get(file.slice(0, end));
      if (count === undefined) continue;
      count.total += 1;
      if (element.status === 'done') count.done += 1;
      break;
    }
  }
  return counts;
}
