import { counted } from '../../base/text.ts';
import type { MemoryAddedView, MemoryItem, MemoryListView, MemoryRebuildView } from '../../runtime/app/memory/memory-views.ts';
import type { Screen } from '../screen.ts';

/** One entry after the other, with where it comes from above it. */
export function renderMemoryList({ items, query, faults, degraded }: MemoryListView, screen: Screen): string {
  const none =
    query === null ? 'Nothing is remembered; `spec-kit memory add TEXT` does.\n' : 'Nothing like that is remembered.\n';
  const entries = items.length === 0 ? none : items.map((item) => renderItem(item, screen)).join('\n');
  const note = degraded === null ? '' : screen.paint.yellow(`Found by words alone: ${degraded}\n`);
  return `${entries}${note}${renderFaults(faults, screen)}`;
}

export function renderMemoryAdded({ entry, recorded }: MemoryAddedView, screen: Screen): string {
  const note = recorded
    ? ''
    : screen.paint.yellow(
        'Another process writes to the workspace: its log is told later, and nobody vouches for the entry until `memory rebuild --trust`.\n',
      );
  return `Remembered in memory/${entry.path}.\n${note}`;
}

export function renderMemoryRebuild({ found, lost, trusted, scopes, faults }: MemoryRebuildView, screen: Screen): string {
  const entries = scopes.reduce((sum, scope) => sum + scope.entries, 0);
  const told = [
    found === 0 ? '' : `${counted(found, 'entry', 'entries')} came by other hands`,
    lost === 0 ? '' : `${counted(lost, 'entry', 'entries')} went`,
    trusted === 0 ? '' : `${counted(trusted, 'entry', 'entries')} you vouch for now`,
  ].filter((part) => part !== '');
  const news = told.length === 0 ? '' : `${told.join('; ')}.\n`;
  return `Indexed ${counted(entries, 'entry', 'entries')} in ${counted(scopes.length, 'scope')}.\n${news}${renderFaults(faults, screen)}`;
}

function renderItem({ scope, kind, trust, text, at, agent, person, task, path }: MemoryItem, { paint }: Screen): string {
  const by = [agent, person, task].filter((part) => part !== null).join(', ');
  const mark = trust === 'trusted' ? '' : `${paint.yellow('untrusted')} `;
  const head = `${mark}${paint.bold(kind)} in ${scope}, ${at.slice(0, 10)}${by === '' ? '' : `, by ${by}`}`;
  const body = text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
  return `${head}\n${body}\n${paint.dim(`  memory/${path}`)}\n`;
}

function renderFaults(faults: MemoryListView['faults'], { paint }: Screen): string {
  return faults.map(({ path, fault }) => paint.yellow(`Passed over memory/${path}: ${fault}.\n`)).join('');
}
