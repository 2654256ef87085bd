import { moment } from '../../base/times.ts';
import type { RemoteListView, RemoteLoginView } from '../../runtime/app/access/access-views.ts';

export function renderRemotes({ items }: RemoteListView): string {
  if (items.length === 0) return 'There is no remote. `spec-kit remote add NAME URL` adds one.\n';
  const width = Math.max(...items.map(({ name }) => name.length));
  return items.map(({ name, url }) => `${name.padEnd(width)}  ${url}\n`).join('');
}

export function renderRemoteLogin({ name, as, expiresAt, renewed }: RemoteLoginView): string {
  const until = expiresAt === null ? '' : ` until ${moment(expiresAt)}${renewed ? ', and on' : ''}`;
  return `You are ${as} at ${name}${until}.\n`;
}
