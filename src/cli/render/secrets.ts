import type { SecretListView } from '../../runtime/app/memory/memory-views.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';

export function renderSecrets({ file, allowed, items }: SecretListView, screen: Screen): string {
  if (items.length === 0) return 'No secrets are configured; docs/secrets.md shows how.\n';
  const columns = [
    { title: 'secret', keep: true },
    { title: 'from' },
    { title: 'source' },
    { title: 'state' },
    { title: 'reason' },
  ];
  const rows = items.map(({ name, from, source, state, reason }) => [name, from, source, state, reason ?? '']);
  const note = allowed
    ? ''
    : screen.paint.yellow(`Read ${file ?? ''} and run \`spec-kit secrets allow\`: until then none is given to anybody.\n`);
  const shown = items.some(({ reason }) => reason !== null) ? columns : columns.slice(0, -1);
  return `${table(shown, rows, screen)}${note}`;
}
