import type { LogReader } from '../../log/log-reader.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { ExportSource } from '../../vault/export-mission.ts';
import { openStatementSigner } from '../../vault/sign-statement.ts';
import { logVerifier, openKeys, signingPublicKeys } from '../ledger/keys.ts';
import { openMissionSigning, type SigningPlace, trustedRoots } from '../ledger/signing.ts';

interface ExportParts extends SigningPlace {
  log: LogReader;
  store: ContentStore;
  /** Settings of the mission, as its row has them. */
  settings: string;
  /** The local key signs the list of files, although an identity has signed the statements. */
  signing?: 'key' | undefined;
}

/** What a mission is exported from: who signed its statements signs the export, a key or an identity, and no other in its place. */
export async function exportSource(parts: ExportParts): Promise<ExportSource> {
  const { log, store, workspace } = parts;
  const publicKeys = signingPublicKeys(workspace);
  return {
    log,
    logKey: logVerifier(workspace),
    store,
    ...(await missionSigner(parts)),
    publicKeys,
    roots: trustedRoots(workspace),
  };
}

/** Who signs what is made of a mission afterwards. */
export async function missionSigner({
  settings,
  signing,
  ...place
}: Omit<ExportParts, 'log'>): Promise<Pick<ExportSource, 'signer' | 'signingKey'>> {
  const keyless = signing === 'key' ? undefined : await openMissionSigning(JSON.parse(settings) as MissionSettings, place);
  if (keyless !== undefined) return { signer: keyless.signer };
  const signingKey = openKeys(place.workspace).signing();
  return { signer: await openStatementSigner(signingKey), signingKey };
}
