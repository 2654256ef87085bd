import { join } from 'node:path';

import type { Release, ReleaseSeal } from '../../../../src/runtime/vault/promote/promotion.ts';
import { packExport, refuseUngated, releaseOf } from '../../../../src/runtime/vault/promote/release.ts';
import type { PromotionStep } from '../../../../src/runtime/vault/promote/promotion.ts';
import { releaseSeal } from '../../../../src/runtime/vault/promote/release-statement.ts';
import { exportMission } from '../../../../src/runtime/vault/export-mission.ts';
import { verifyExport } from '../../../../src/runtime/vault/verify-export.ts';
import { treeDigest } from '../../../../src/runtime/vault/artifact.ts';
import { MISSION, runMission, type Variation, type Workspace } from '../sample-mission.ts';

const ENDED = '2026-01-02T03:04:05.678Z';

/** A mission that has run, exported, verified and laid out. */
export async function sampleRelease(workspace: Workspace, variation: Variation = {}): Promise<Release> {
  const tree = await runMission(workspace, variation);
  const dir = join(workspace.dir, 'release');
  await exportMission(workspace, MISSION, dir);
  refuseUngated(await verifyExport(dir, { keys: [workspace.signingKey.publicKey] }), { mission: MISSION });
  const archive = packExport(dir, { mission: MISSION, finishedAt: ENDED });
  const input = { mission: MISSION, specification: { id: 'sample', title: 'Sample' }, head: treeDigest(tree), finishedAt: ENDED };
  return releaseOf(dir, archive, { ...input, documents: new Map([['sbom.cdx.json', Buffer.from('{}')]]) });
}

/** The seal of a promotion of it. */
export const sampleSeal = ({ log, store, signer }: Workspace, promotion = 'p'): ReleaseSeal =>
  releaseSeal({ log, store, signer: async () => signer, mission: MISSION, promotion });

export class Killed extends Error {}

/** The same steps, but that the process dies just before, or just after, what one of them does. */
export function dyingAt(steps: readonly PromotionStep[], at: number, when: 'before' | 'after'): PromotionStep[] {
  return steps.map((step, index) => ({
    ...step,
    async act(results) {
      if (index === at && when === 'before') throw new Killed();
      const result = await step.act(results);
      if (index === at) throw new Killed();
      return result;
    },
  }));
}
