import type { Bundle } from '../../read-bundle.ts';
import { BEFORE_NUMBER } from './task-head.ts';

/**
 * What a Markdown file of a feature is for. `notes` are plan, research and the like: prose, whose checkboxes are criteria. `beside` is a
 * specification next to the folder: it counts where the folder has none.
 */
export type Role = 'tasks' | 'spec' | 'beside' | 'checklist' | 'notes';

export interface Feature {
  /** Folder, relative to the bundle; empty where the bundle is the feature. */
  folder: string;
  /** Last part of the folder, for people. */
  name: string;
}

const FEATURE_FILES = /(?:^|\/)(?:spec|plan|tasks)\.md$/i;
/** Folders of other tools, which have files of the same names. */
const FOREIGN = /(?:^|\/)(?:\.kiro|openspec|kitty-specs|\.taskmaster|\.planning|\.beads|_bmad-output|templates)\//i;
/** Features that only show what features look like. */
const SAMPLE = /(?:^|\/)(?:__)?(?:fixtures?|testdata|test-data)(?:__)?\//i;
/** A folder of work packages belongs to a tool that has this one's files, and reads them another way. */
const WORK_PACKAGES = /^(.*?)(?:tasks\/WP\d+[^/]*\.md|wps\.ya?ml)$/i;
const TASK_BOX = new RegExp(String.raw`^[\t >]*(?:#{1,6}[\t ]+)?[-*+][\t ]+\[.?\][\t ]*${BEFORE_NUMBER}\d{2,6}`, 'mu');
const SPEC_HEAD = /^# Feature Spec(?:ification)?(?![a-z])|^#{2,4} (?:User Story |US-?)\d|^[-*] \*\*FR-\d{2,4}/im;
/** Labels of the native dialect, which has files of these names too, and ids such as `FR-001`. */
const NATIVE_LABEL = /^[\t ]{0,8}(?:[-*+] |#{2,4} )(?:\*\*)?(?:component|(?:data )?contract|integration)(?:\*\*)?[:：]/im;
const PLAN_HEAD = /^\*\*Branch\*\*:/m;
const NUMBERED = /^(?:\d{3,}|\d{8}-\d{6})(?:-|$)/;

/** The features of a bundle: folders with `spec.md`, `plan.md` or `tasks.md`. */
export function featuresOf(bundle: Bundle): Map<string, Feature> {
  const foreign = new Set(bundle.files.flatMap(({ path }) => WORK_PACKAGES.exec(path)?.[1] ?? []));
  const folders = bundle.files.flatMap(({ path }) => {
    const folder = folderOf(path);
    return FEATURE_FILES.test(path) && !FOREIGN.test(path) && !isTooling(path) && !foreign.has(folder === '' ? '' : `${folder}/`)
      ? [folder]
      : [];
  });
  const real = folders.filter((folder) => !SAMPLE.test(`${folder}/`));
  return new Map(
    (real.length > 0 ? real : folders).map((folder) => [folder, { folder, name: folder.slice(folder.lastIndexOf('/') + 1) }]),
  );
}

/** Whether something in the bundle can only be Spec Kit's: a numbered feature, or a file that is written its way. */
export function looksLikeSpecKit(bundle: Bundle): boolean {
  const features = featuresOf(bundle);
  if ([...features.values()].some(({ name }) => NUMBERED.test(name))) return true;
  const files = bundle.files.filter(({ path }) => FEATURE_FILES.test(path) && features.has(folderOf(path)));
  if (files.some(({ text }) => NATIVE_LABEL.test(text))) return false;
  return files.some(({ path, text }) => {
    if (/tasks\.md$/i.test(path)) return TASK_BOX.test(text);
    return /spec\.md$/i.test(path) ? SPEC_HEAD.test(text) : PLAN_HEAD.test(text);
  });
}

/** The feature a file belongs to: the nearest folder above it that is one. */
export function featureOf(path: string, features: ReadonlyMap<string, Feature>): Feature | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const feature = features.get(folder);
    if (feature !== undefined || folder === '') return feature;
  }
}

/** The feature that a file beside its folder is named like: `specs/001-shop.md` for `specs/001-shop/`. */
export function featureBeside(path: string, features: ReadonlyMap<string, Feature>): Feature | undefined {
  const folder = path.replace(/\.(?:md|markdown)$/i, '');
  return NUMBERED.test(folder.slice(folder.lastIndexOf('/') + 1)) ? features.get(folder) : undefined;
}

export function roleOf(path: string, { folder }: Feature): Role {
  if (folder !== '' && !path.startsWith(`${folder}/`)) return 'beside';
  const inner = folder === '' ? path : path.slice(folder.length + 1);
  if (/^tasks\.md$/i.test(inner)) return 'tasks';
  if (/^spec\.md$/i.test(inner)) return 'spec';
  return /^checklists?\//i.test(inner) ? 'checklist' : 'notes';
}

/** What the tool keeps for itself: its settings, extensions and presets. */
export function isTooling(path: string): boolean {
  return /(?:^|\/)\.specify\/(?!specs\/|features\/)/i.test(path);
}

/** What ids are unique in: the feature's folder, without the folder that all features stand in. */
export function scopeOf({ folder }: Feature): string {
  return folder.replace(/^(?:\.specify\/)?specs\//, '');
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
