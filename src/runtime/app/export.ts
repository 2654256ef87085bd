import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { findMission } from '../mission/queries.ts';
import { openContentStore } from '../vault/content-store.ts';
import { exportMission } from '../vault/export-mission.ts';
import { openStatementSigner } from '../vault/sign-statement.ts';
import { withHistory } from './history.ts';
import { logVerifier, openKeys, signingPublicKeys } from './keys.ts';
import type { Handler } from './operations.ts';

/** Writes the whole proof of a finished mission into a folder that verifies by itself. */
export const exportEvidence: Handler<'evidence.export'> = ({ mission, out }, context) =>
  withHistory(context, async ({ log, workspace }) => {
    const { id } = findMission(log.db, mission);
    const signingKey = openKeys(workspace).signing();
    const logKey = logVerifier(workspace);
    const signer = await openStatementSigner(signingKey);
    const store = openContentStore(workspace.dir);
    const { dir, files } = await exportMission(
      { log, logKey, store, signingKey, signer, publicKeys: signingPublicKeys(workspace) },
      id,
      resolve(context.cwd, out),
    );
    const keys = { signing: signingKey.fingerprint, log: `${logKey.name}+${logKey.keyId}` };
    return { kind: 'Export', mission: id, path: dir, files, bytes: sizeOf(dir), keys };
  });

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
