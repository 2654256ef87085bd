import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { findMission } from '../../mission/queries.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { exportMission } from '../../vault/export-mission.ts';
import { exportSource } from './export-source.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';

/** Writes the whole proof of a finished mission into a folder that verifies by itself. */
export const exportEvidence: Handler<'evidence.export'> = ({ mission, out, signing }, context) =>
  withHistory(context, async ({ log, workspace }) => {
    const { id, settings } = findMission(log.db, mission);
    const store = openContentStore(workspace.dir);
    const source = await exportSource({ mission: id, log, store, workspace, settings, signing, context });
    const { dir, files } = await exportMission(source, id, resolve(context.cwd, out));
    const { logKey, signingKey } = source;
    const keys = { signing: signingKey?.fingerprint ?? null, log: `${logKey.name}+${logKey.keyId}` };
    return { kind: 'Export', mission: id, path: dir, files, bytes: sizeOf(dir), keys };
  });

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
