/** What a file under `.planning/` is for, by its name. */
export type Role = 'plan' | 'summary' | 'roadmap' | 'requirements' | 'project' | 'checklist' | 'config' | 'context' | 'outside';

const ROOT = /^(.*?(?:^|\/)\.planning)\//;
/** `02-03-PLAN.md`, `12-PLAN-05.md`. */
const PLAN = /^(?:(.*)-)?PLAN(?:-(\d{1,4}[A-Za-z]?))?\.[mM][dD]$/;
const CHECKLIST = /(?:^|-)(?:VERIFICATION|UAT|VALIDATION|CHECKLIST|HUMAN-UAT|ACCEPTANCE)\.[mM][dD]$/;

/** The `.planning` folder a path lies in; '' for paths outside of any, as all are where the bundle is one. */
export function rootOf(path: string): string {
  return ROOT.exec(path)?.[1] ?? '';
}

export function roleOf(path: string, anyRoot: boolean): Role {
  if (anyRoot && rootOf(path) === '') return 'outside';
  const name = baseName(path);
  if (PLAN.test(name)) return 'plan';
  if (/(?:^|-)SUMMARY(?:-\d{1,4}[A-Za-z]?)?\.[mM][dD]$/.test(name) && !/(?:^|\/)research\//.test(path)) return 'summary';
  if (/(?:^|-)ROADMAP\.[mM][dD]$/.test(name)) return 'roadmap';
  if (/(?:^|-)REQUIREMENTS\.[mM][dD]$/.test(name)) return 'requirements';
  if (/^PROJECT\.[mM][dD]$/.test(name)) return 'project';
  if (/^config\.json$/.test(name)) return 'config';
  return CHECKLIST.test(name) ? 'checklist' : 'context';
}

/** Where a plan lies, and the numbers its names give it; without zeros before them. */
export interface PlanPlace {
  /** What ids are unique in; '' for the phases that are under way. */
  scope: string;
  /** As printed in the file's name: `02-03`; '' where it has no number. */
  printed: string;
  phase: string;
  plan: string;
  /** Title of its phase, from the name of its folder. */
  phaseTitle: string;
  archived: boolean;
}

export function planPlace(path: string, manyRoots: boolean): PlanPlace {
  const root = rootOf(path);
  const folders = path
    .slice(root === '' ? 0 : root.length + 1)
    .split('/')
    .slice(0, -1);
  const own = folders.at(-1) ?? '';
  const stem = stemOf(path);
  const [, printed = '', first = '', second = ''] =
    QUICK.exec(stem) ?? /^((\d{1,6}(?:\.\d{1,4})*[A-Za-z]?)(?:-[Pp]?(\d{1,6}[A-Za-z]?)(?!\d))?)/.exec(stem) ?? [];
  const inFolder = /^(\d{1,6}(?:\.\d{1,4})*[A-Za-z]?)(?:-(.*))?$/.exec(own);
  const above = folders.slice(0, inFolder === null ? undefined : -1).filter((each) => each !== 'phases');
  return {
    scope: [...(manyRoots ? [root] : []), ...above].filter((each) => each !== '').join('/'),
    printed,
    phase: plainNumber(second === '' ? (inFolder?.[1] ?? '') : first),
    plan: plainNumber(second === '' ? first : second),
    phaseTitle: own === '' ? '' : phaseTitle(own),
    archived: folders.some((each) => /^(?:milestones|archive|archived)$/i.test(each)),
  };
}

/** `260405-k9z`: a day, and three signs; a task outside of all phases. */
const QUICK = /^((\d{6}-[a-z\d]{3}))(?![A-Za-z\d])/;

/** Numbers of a plan as its file's name prints them: `12-05` of `12-05-PLAN.md` and `12-PLAN-05.md`. */
function stemOf(path: string): string {
  const [, before = '', after = ''] = PLAN.exec(baseName(path)) ?? [];
  return [before, after].filter((part) => part !== '').join('-');
}

/** Where a plan's summary may be: beside it, under either name. */
export function summariesOf(path: string): string[] {
  const folder = path.slice(0, path.length - baseName(path).length);
  return [path.replace(/PLAN(?=(?:-\d{1,4}[A-Za-z]?)?\.md$)/i, 'SUMMARY'), `${folder}${stemOf(path)}-SUMMARY.md`];
}

/** `01-foundation` is `Phase 1: foundation`. */
function phaseTitle(folder: string): string {
  const parts = /^(\d{1,6}(?:\.\d{1,4})*[A-Za-z]?)-(.+)$/.exec(folder);
  return parts === null ? folder : `Phase ${plainNumber(parts[1] ?? '')}: ${(parts[2] ?? '').replaceAll('-', ' ')}`;
}

/** `02.1` and `2.1` are one phase. */
export function plainNumber(text: string): string {
  return text.replace(/^0+(?=\d)/, '').toLowerCase();
}

/** `2.1` comes after `2` and before `10`. */
export function compareNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
