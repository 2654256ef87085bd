import type { TokenRevokedView, TokenView } from '../../runtime/app/access/access-views.ts';

/** The token alone is what a script takes; it is shown this once. */
export function renderToken({ token }: TokenView): string {
  return `${token}\n`;
}

export function renderTokenRevoked({ id }: TokenRevokedView): string {
  return `Token ${id} is no longer good.\n`;
}
