import type { LogReader } from '../../log/log-reader.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { ExportSource } from '../../vault/export-mission.ts';
import { openStatementSigner } from '../../vault/sign-statement.ts';
import { openKeys } from '../ledger/keys.ts';
import { keptSigner, signedList } from './signed-list.ts';
import { believedHere, openMissionSigning, type SigningPlace } from '../ledger/signing.ts';

interface ExportParts extends SigningPlace {
  mission: string;
  log: LogReader;
  store: ContentStore;
  /** Settings of the mission, as its row has them. */
  settings: string;
  /** The local key signs the list of files, although an identity has signed the statements. */
  signing?: 'key' | undefined;
}

/**
 * What a mission is exported from: who signed its statements signs the export, a key or an identity, and no other in its place. An identity that has signed the list at
 * the mission's end is not asked again.
 */
export async function exportSource({ mission, ...given }: ExportParts): Promise<ExportSource> {
  const { log, store, workspace, settings, signing } = given;
  const parts = { log, store, ...believedHere(workspace) };
  const isKeyless = signing !== 'key' && (JSON.parse(settings) as MissionSettings).signing !== undefined;
  const list = isKeyless ? signedList(mission, given) : undefined;
  if (list === undefined) return { ...parts, ...(await missionSigner(given)) };
  return { ...parts, size: list.size, signer: keptSigner(list, async () => (await missionSigner(given)).signer) };
}

/** Who signs what is made of a mission afterwards. */
export async function missionSigner({
  settings,
  signing,
  ...place
}: Omit<ExportParts, 'mission' | 'log'>): Promise<Pick<ExportSource, 'signer' | 'signingKey'>> {
  const keyless = signing === 'key' ? undefined : await openMissionSigning(JSON.parse(settings) as MissionSettings, place);
  if (keyless !== undefined) return { signer: keyless.signer };
  const signingKey = openKeys(place.workspace).signing();
  return { signer: await openStatementSigner(signingKey), signingKey };
}
