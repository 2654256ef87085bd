import { lstatSync, rmSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { aside } from '../../workspace/aside.ts';
import type { Log } from '../../log/log.ts';
import { amountOf } from './file-amount.ts';
import { inSlices } from '../../../base/in-slices.ts';
import type { UploadedFile, UploadLimits } from './uploads.ts';

const PROGRAM = fileURLToPath(new URL(`uploads-entry${extname(import.meta.url)}`, import.meta.url));

/** As `unusedUploads`, beside everything else that this process does. */
export const unusedUploadsAside = async (workspace: string, limits: UploadLimits): Promise<UploadedFile[]> =>
  aside<UploadedFile[]>(PROGRAM, { workspace, limits });

/** Takes specifications out that were sent here, and says so in the log first; those that were sent or used again meanwhile are dated anew, and stay. */
export async function pruneUploads(files: readonly UploadedFile[], log: Log): Promise<void> {
  if (files.length === 0) return;
  await log.append([{ kind: 'uploads.pruning', data: { ...amountOf(files) } }]);
  await inSlices(files, (slice) => {
    for (const { path, usedAt } of slice) {
      if (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs === usedAt) rmSync(path, { force: true });
    }
  });
}
