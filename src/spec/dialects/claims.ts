import { claimsPath } from './openspec/layout.ts';

/** Folders in which tools keep what they read. */
export const BEADS_FOLDER = /(?:^|\/)\.beads\//;
export const KIRO_SPECS = /(?:^|\/)\.kiro\/specs\//i;
export const TASKMASTER_FOLDER = /(?:^|\/)\.taskmaster\//;

/** Where task-master keeps its tasks, now and before it had a folder of its own. */
export const TASKMASTER_TASKS = /(?:^|\/)\.taskmaster\/tasks\/[^/]+\.json$|(?:^|\/)tasks\/tasks\.json$|^tasks\.json$/;

/** Whether a file says how a sprint of BMAD stands. */
export const isSprintStatus = (path: string): boolean => /(?:^|\/)sprint-status\.ya?ml$/i.test(path);

const FOREIGN_TO_SPECKIT = /(?:^|\/)(?:openspec|\.kiro|kitty-specs)\//;

type Claim = (path: string) => boolean;

/**
 * Whether a path is a dialect's own, by the dialect's name, where the bundle is a whole repository: JSON and YAML files that no dialect claims are not read
 * then. Markdown always is. Kept apart from the dialects, since which files are read is asked more often than what they say.
 */
export const CLAIMS: ReadonlyMap<string, Claim> = new Map<string, Claim>([
  ['openspec', claimsPath],
  ['kiro', (path) => KIRO_SPECS.test(path)],
  ['speckitty', (path) => /(?:^|\/)kitty-specs\//.test(path)],
  [
    'speckit',
    (path) => /(?:^|\/)(?:specs\/(?:\d{3,}|\d{8}-\d{6})[^/]*|\.specify)\//.test(path) && !FOREIGN_TO_SPECKIT.test(path),
  ],
  ['taskmaster', (path) => /\.json$/i.test(path) && (TASKMASTER_FOLDER.test(path) || TASKMASTER_TASKS.test(path))],
  ['backlog', (path) => /(?:^|\/)\.?backlog\/(?:.*\/)?(?:config\.ya?ml|tasks\/.*|.*\.(?:json|ya?ml|proto))$/i.test(path)],
  ['beads', (path) => BEADS_FOLDER.test(path) && /\.jsonl$/i.test(path)],
  ['gsd', (path) => /(?:^|\/)\.planning\//.test(path)],
  ['bmad', (path) => isSprintStatus(path) || /(?:^|\/)_?bmad-output\//i.test(path)],
  ['native', () => false],
]);
