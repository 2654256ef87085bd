import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isDigest } from '../../../base/digest.ts';
import { canonicalJson } from '../../../base/json.ts';
import type { Log } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { exportMission } from '../../vault/export-mission.ts';
import { readOwnBundle, statementIn } from '../../vault/own-bundle.ts';
import { MISSION_FINISHED } from '../../vault/records.ts';
import type { StatementSigner } from '../../vault/sign-statement.ts';
import { believedHere } from '../ledger/signing.ts';
import type { Workspace } from '../workspace.ts';

/** The list of a proof's files, as an identity signed it when its mission ended: all that is exported as of then has just this list. */
export interface SignedList {
  /** Of the log, at which it was exported. */
  size: number;
  bundle: Uint8Array;
}

const LIST_SIGNED = 'proof.signed';
const keyOf = (mission: string, finish: number): string => `${LIST_SIGNED}:${mission}:${finish}`;

/** The list that was signed at the mission's last end, if one was. */
export function signedList(mission: string, { log, store }: { log: LogReader; store: ContentStore }): SignedList | undefined {
  const finish = lastFinish(log, mission);
  const { size, bundle } = (finish === undefined ? undefined : log.entryWithKey(keyOf(mission, finish)))?.data ?? {};
  return typeof size === 'number' && isDigest(bundle) ? { size, bundle: store.get(bundle) } : undefined;
}

/** Signs what the list says with what was signed then, and anything else as `open` has it. */
export function keptSigner({ bundle }: SignedList, open: () => Promise<StatementSigner>): StatementSigner {
  const kept = canonicalJson(statementIn(readOwnBundle(bundle)));
  return { sign: async (statement) => (canonicalJson(statement) === kept ? bundle : (await open()).sign(statement)) };
}

/** Has an identity sign the list of a proof while it is there: whoever fetches the proof later asks nobody. */
export async function signList(
  mission: string,
  signer: StatementSigner,
  { log, store, workspace }: { log: Log; store: ContentStore; workspace: Workspace },
): Promise<void> {
  const finish = lastFinish(log, mission);
  const size = log.checkpoint()?.size;
  if (finish === undefined || size === undefined || log.entryWithKey(keyOf(mission, finish)) !== undefined) return;
  let list: Uint8Array | undefined;
  const listing: StatementSigner = { sign: async (statement) => (list = await signer.sign(statement)) };
  mkdirSync(workspace.scratch, { recursive: true });
  const folder = mkdtempSync(join(workspace.scratch, 'list-'));
  try {
    await exportMission({ log, store, ...believedHere(workspace), signer: listing, size }, mission, join(folder, 'proof'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (list === undefined) return;
  const data = { mission, size, bundle: await store.put(list) };
  // Of no mission: it says something about one, and is no part of what it proves.
  await log.append([{ kind: LIST_SIGNED, data, dedup: keyOf(mission, finish) }]);
}

function lastFinish(log: LogReader, mission: string): number | undefined {
  return [...log.entries({ mission, kinds: [MISSION_FINISHED] })].at(-1)?.seq;
}
