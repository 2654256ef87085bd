import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { aside } from '../../workspace/aside.ts';
import { NexusError } from '../../../base/errors.ts';
import { counted } from '../../../base/text.ts';
import { fsck } from '../../log/fsck.ts';
import { openLog } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { expiredPayloads } from '../../vault/expired-payloads.ts';
import { looseContent } from '../../vault/loose-content.ts';
import type { PayloadRemoval } from '../../vault/payload-removal.ts';
import { measureContent, type StoredContent } from '../../vault/remove-content.ts';
import { openKeys } from '../ledger/keys.ts';
import type { FileAmount } from '../views.ts';
import { findWorkspace, type Workspace } from '../workspace.ts';
import { amountOf } from './file-amount.ts';
import { expiredMissions, type Retention } from './retention.ts';
import { unusedUploads, type UploadedFile, type UploadLimits } from './uploads.ts';

export interface SurveyRequest {
  /** Folder of the workspace. */
  workspace: string;
  retention: Retention | undefined;
  uploads: UploadLimits;
}

/** What may be taken out of a workspace, as its log and its store were when somebody looked. */
export interface Survey {
  /** Entries that the log had. */
  entries: number;
  store: FileAmount;
  loose: StoredContent[];
  payloads: OldPayloads[];
  uploads: UploadedFile[];
}

/** Of one mission. */
export interface OldPayloads extends PayloadRemoval {
  contents: StoredContent[];
}

const PROGRAM = fileURLToPath(new URL(`prune-survey-entry${extname(import.meta.url)}`, import.meta.url));

/** Looks beside everything else that this process does: reads all of the log twice, and asks the disk about each content. */
export const surveyAside = async (request: SurveyRequest): Promise<Survey> => aside<Survey>(PROGRAM, request);

/** Reads and changes nothing. Throws `LOG_CORRUPT`: what a damaged log refers to cannot be known. */
export function survey({ workspace: dir, retention, uploads }: SurveyRequest): Survey {
  const workspace = findWorkspace({ cwd: dir, workspace: dir });
  refuseDamaged(workspace);
  const log = openLog(dir, { mode: 'read' });
  try {
    const entries = log.size;
    const store = openContentStore(dir);
    return {
      entries,
      store: amountOf(measureContent(store.list(), store)),
      loose: measureContent(looseContent(log, store), store),
      payloads: payloadsOf(log, store, retention),
      uploads: unusedUploads(log, dir, uploads),
    };
  } finally {
    log.close();
  }
}

function refuseDamaged(workspace: Workspace): void {
  const { faults } = fsck(workspace.dir, { verifier: openKeys(workspace).log() });
  if (faults.length === 0) return;
  throw new NexusError(
    'LOG_CORRUPT',
    `The log of ${workspace.dir} is damaged (${counted(faults.length, 'fault')}); nothing was removed.`,
    {
      hint: 'What it refers to cannot be known. `spec-kit ledger fsck` names the faults; restore the workspace from a backup.',
      details: { workspace: workspace.dir },
    },
  );
}

function payloadsOf(log: LogReader, store: ContentStore, retention: Retention | undefined): OldPayloads[] {
  if (retention === undefined) return [];
  const expired = expiredMissions(log, retention);
  return [...expiredPayloads(log, { store, expired })].map(([mission, { digests, trees }]) => ({
    mission,
    rule: retention.rule,
    digests,
    trees,
    contents: measureContent(digests, store),
  }));
}
