import type { RemoteListView } from '../../runtime/app/views.ts';

export function renderRemotes({ items }: RemoteListView): string {
  if (items.length === 0) return 'There is no remote. `spec-kit remote add NAME URL --token-file FILE` adds one.\n';
  const width = Math.max(...items.map(({ name }) => name.length));
  return items.map(({ name, url }) => `${name.padEnd(width)}  ${url}\n`).join('');
}
