import { archiveAddress } from './archive-address.ts';
import { gitAddress } from './git-address.ts';

/** Why a bundle has nothing around it on this machine that could be read or written, where that is so from its address alone. */
export function elsewhere(bundle: string, cwd: string): string | undefined {
  if (archiveAddress(bundle) !== undefined) return 'it lies in an archive on another machine';
  return gitAddress(bundle, cwd) === undefined ? undefined : 'it lies in a git repository';
}
