import type { LogReader } from '../../log/log-reader.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { ExportSource } from '../../vault/export-mission.ts';
import { openStatementSigner, type StatementSigner } from '../../vault/sign-statement.ts';
import { logVerifier, openKeys, signingPublicKeys } from '../ledger/keys.ts';
import { keptSigner, signedList } from './signed-list.ts';
import { openMissionSigning, type SigningPlace, trustedRoots } from '../ledger/signing.ts';

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
export async function exportSource({ mission, settings, signing, ...place }: ExportParts): Promise<ExportSource> {
  const { log, store, workspace } = place;
  const parts = {
    log,
    logKey: logVerifier(workspace),
    store,
    publicKeys: signingPublicKeys(workspace),
    roots: trustedRoots(workspace),
  };
  const terms = JSON.parse(settings) as MissionSettings;
  if (terms.signing === undefined || signing === 'key') {
    const signingKey = openKeys(workspace).signing();
    return { ...parts, signingKey, signer: await openStatementSigner(signingKey) };
  }
  const identity = async (): Promise<StatementSigner> => {
    const keyless = await openMissionSigning(terms, place);
    if (keyless === undefined) throw new TypeError('nobody signs');
    return keyless.signer;
  };
  const list = signedList(mission, place);
  if (list === undefined) return { ...parts, signer: await identity() };
  return { ...parts, size: list.size, signer: keptSigner(list, identity) };
}
