import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { exportMission } from '../../../../src/runtime/vault/export-mission.ts';
import { refuseUngated } from '../../../../src/runtime/vault/promote/release.ts';
import { openSigningKey } from '../../../../src/runtime/vault/signing-key.ts';
import { verifyExport } from '../../../../src/runtime/vault/verify-export.ts';
import { ExportCopy } from '../export-copy.ts';
import { MISSION, openWorkspace, runMission, type Variation, type Workspace } from '../sample-mission.ts';

let workspace: Workspace;
beforeEach(async () => void (workspace = await openWorkspace()));
afterEach(() => workspace[Symbol.dispose]());

const REFUSED = { code: 'PROMOTION_REFUSED' };

async function exported(variation: Variation = {}): Promise<string> {
  await runMission(workspace, variation);
  const dir = join(workspace.dir, 'export');
  await exportMission(workspace, MISSION, dir);
  return dir;
}

const judge = async (dir: string, mission = MISSION, keys = [workspace.signingKey.publicKey]): Promise<void> =>
  refuseUngated(await verifyExport(dir, { keys }), { mission });

describe('nothing is promoted but what', () => {
  it('verifies, succeeded and has passed its gate', async () => {
    await expect(judge(await exported())).resolves.toBeUndefined();
  });

  it.each([
    { tests: 'fail', state: 'failed' },
    { tests: 'fail', state: 'succeeded' },
    { state: 'failed' },
    { record: (draft) => (draft.kind === 'gate.decided' ? undefined : draft) },
    { record: (draft) => (draft.kind === 'artifact.recorded' ? undefined : draft) },
  ] satisfies Variation[])('is not %j', async (variation) => {
    await expect(judge(await exported(variation))).rejects.toMatchObject(REFUSED);
  });

  it('is unchanged, of this mission, and signed by a key that is trusted here', async () => {
    const dir = await exported();
    await expect(judge(dir, '0198a000-0000-7000-8000-000000000002')).rejects.toMatchObject(REFUSED);
    await expect(judge(dir, MISSION, [openSigningKey(join(workspace.dir, 'other.pem')).publicKey])).rejects.toMatchObject(
      REFUSED,
    );
    const copy = new ExportCopy(dir);
    copy.write('artifacts/src/add.ts', 'export const add = () => 0;\n');
    copy.repairSums();
    await expect(judge(copy.dir)).rejects.toMatchObject(REFUSED);
    copy.delete();
  });
});
