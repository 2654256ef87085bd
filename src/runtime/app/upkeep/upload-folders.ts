import { utimesSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import { systemCode } from '../../../base/errors.ts';

/** Where specifications lie that were sent to a workspace: whole ones, and manifests with their contents. Each file is named by its digest, in hex. */
export interface UploadFolders {
  specifications: string;
  manifests: string;
  contents: string;
}

export function uploadFolders(workspace: string): UploadFolders {
  const specifications = join(workspace, 'specifications');
  return { specifications, manifests: join(specifications, 'manifests'), contents: join(specifications, 'contents') };
}

/** Has a file be as of now: it was sent or used again, so that it is not the next to go. Says whether it is there. */
export function dateAnew(path: string): boolean {
  try {
    const now = systemClock.now() / 1000;
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
