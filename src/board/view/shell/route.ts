/** What an address shows. */
export type Place =
  | { page: 'missions' }
  | { page: 'mission'; mission: string; tab: Tab; task: string | null }
  | { page: 'approvals' }
  | { page: 'audit' }
  | { page: 'nowhere' };

export type MissionPlace = Extract<Place, { page: 'mission' }>;

export const TABS = ['tasks', 'graph', 'timeline', 'gate', 'evidence', 'cost', 'log'] as const;
export type Tab = (typeof TABS)[number];

const ROOT = '/board';

export function placeOf({ pathname, search }: { pathname: string; search: string }): Place {
  const parts = pathname.slice(ROOT.length).split('/').filter(Boolean).map(decoded);
  const [page, mission, tab = 'tasks', ...more] = parts;
  if (page === undefined || (page === 'missions' && mission === undefined)) return { page: 'missions' };
  if (page === 'missions' && mission !== undefined && isTab(tab) && more.length === 0) {
    return { page: 'mission', mission, tab, task: new URLSearchParams(search).get('task') };
  }
  if ((page === 'approvals' || page === 'audit') && mission === undefined) return { page };
  return { page: 'nowhere' };
}

export function addressOf(place: Place): string {
  if (place.page !== 'mission') return `${ROOT}/${place.page === 'missions' || place.page === 'nowhere' ? '' : place.page}`;
  const tab = place.tab === 'tasks' ? '' : `/${place.tab}`;
  const task = place.task === null ? '' : `?task=${encodeURIComponent(place.task)}`;
  return `${ROOT}/missions/${encodeURIComponent(place.mission)}${tab}${task}`;
}

function isTab(text: string): text is Tab {
  return TABS.some((tab) => tab === text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
