import type { LineAccount } from '../../line-account.ts';

/** One mission's folder: relative to the bundle, with `/` at its end; empty where the bundle is the mission. */
export interface Mission {
  folder: string;
  accounts: LineAccount[];
}

const HOME = /^(?:.*\/)?kitty-specs\/[^/]+\//;
/** What lies in a mission's folder itself; missions that are over may lie deeper, in a folder for such. */
const INSIDE = /^(?:meta\.json|spec\.md|plan\.md|tasks\.md|wps\.yaml|status\.(?:events\.jsonl|json)|tasks\/.*)$/i;
/** What only a mission's folder holds. */
const OWN = /^((?:.*\/)?)(?:tasks\/(?:[^/]+\/)*WP\d{2,3}\b[^/]*\.md|wps\.yaml|status\.events\.jsonl)$/i;
/** What it shares with folders of other tools. */
const SHARED = /^((?:.*\/)?)(?:tasks|spec|plan)\.md$/i;
const LOOSE_PROMPT = /^(?:[^/]+\/)*WP\d{2,3}\b[^/]*\.md$/;

export function isMissionPath(path: string): boolean {
  return HOME.test(path) || OWN.test(path);
}

export function isPrompt(path: string): boolean {
  return /(?:^|\/)WP\d{2,3}(?:[-_. ][^/]*)?\.md$/i.test(path);
}

/** The missions of a bundle, and the files that belong to none. */
export function missionsOf(accounts: readonly LineAccount[]): { missions: Mission[]; others: LineAccount[] } {
  const paths = accounts.map(({ source }) => source.path);
  const folders = foldersOf(paths);
  const byFolder = Map.groupBy(accounts, ({ source }) => folders.find((folder) => source.path.startsWith(folder)));
  const others = byFolder.get(undefined) ?? [];
  const missions = [...byFolder].flatMap(([folder, own]) => (folder === undefined ? [] : [{ folder, accounts: own }]));
  return { missions, others };
}

/** Longest first, so that each file finds the nearest. */
function foldersOf(paths: readonly string[]): string[] {
  const homes = matches(paths, HOME, 0);
  if (homes.length > 0) return longestFirst(homes.flatMap((home) => missionsIn(home, paths)));
  const own = matches(paths, OWN, 1);
  if (own.length === 0 && paths.some((path) => LOOSE_PROMPT.test(path))) return [''];
  const found = own.length > 0 ? own : matches(paths, SHARED, 1);
  return found.length === 0 ? [''] : found;
}

/** The folder itself, or those below it if it is none of a mission. */
function missionsIn(home: string, paths: readonly string[]): string[] {
  const inside = paths.flatMap((path) => (path.startsWith(home) ? [path.slice(home.length)] : []));
  if (inside.some((path) => INSIDE.test(path))) return [home];
  const below = new Set(inside.flatMap((path) => /^[^/]+\/(?=.)/.exec(path)?.[0] ?? []));
  const found = [...below].flatMap((folder) => {
    const own = inside.some((path) => path.startsWith(folder) && INSIDE.test(path.slice(folder.length)));
    return own ? [`${home}${folder}`] : [];
  });
  return found.length > 0 ? found : [home];
}

function matches(paths: readonly string[], pattern: RegExp, group: number): string[] {
  const found = new Set(paths.flatMap((path) => pattern.exec(path)?.[group] ?? []));
  return longestFirst([...found]);
}

function longestFirst(folders: readonly string[]): string[] {
  return folders.toSorted((a, b) => b.length - a.length);
}
