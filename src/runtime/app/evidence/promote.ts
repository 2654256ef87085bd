import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';

import { isDigest } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { canonicalBytes } from '../../../base/json.ts';
import type { Log } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { formatVkey } from '../../log/signed-note.ts';
import { findMission, type MissionRow } from '../../mission/queries.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { exportMission } from '../../vault/export-mission.ts';
import type { PromotionTarget, Release, ReleaseSeal, StepResults } from '../../vault/promote/promotion.ts';
import { ARCHIVE, packExport, refuseUngated, releaseOf } from '../../vault/promote/release.ts';
import { readTar } from '../../vault/promote/read-tar.ts';
import { releaseSeal } from '../../vault/promote/release-statement.ts';
import { promotionId, promotionStart, runPromotion, startPromotion, stepResults } from '../../vault/promote/run-promotion.ts';
import { fingerprintOf, hintOf } from '../../vault/signing-key.ts';
import { parseTreeListing } from '../../vault/tree-listing.ts';
import { verifyExport } from '../../vault/verify-export.ts';
import { withHistory } from '../host/history.ts';
import { exportSource, missionSigner } from './export-source.ts';
import { logVerifier, openKeys, signingPublicKeys } from '../ledger/keys.ts';
import type { CallContext, Handler, PromoteInput } from '../operations.ts';
import { promotionTarget } from './promotion-target.ts';
import { residentHost } from '../host/resident-host.ts';
import { sbomOf } from './sbom.ts';
import { trustedRoots } from '../ledger/signing.ts';
import type { PromotionView } from '../views.ts';
import type { Workspace } from '../workspace.ts';
import { withWriterLog } from '../host/with-writer-log.ts';

/**
 * Carries a gated mission out of the house. Its export is made and verified first, as a stranger would; nothing leaves before that. What is carried out is kept
 * in the store, so that a run that was cut off is taken up with the same bytes.
 */
export const promote: Handler<'promote'> = async (input, context) => {
  const found = await withHistory(context, ({ workspace, log }) => ({ workspace, row: findMission(log.db, input.mission) }));
  return input.dryRun === true ? plan({ ...found, input }, context) : carryOut({ ...found, input }, context);
};

interface Wish {
  workspace: Workspace;
  row: MissionRow;
  input: PromoteInput;
}

function plan(wish: Wish, context: CallContext): Promise<PromotionView> {
  return withHistory(context, ({ log }) =>
    withRelease({ ...wish, log, context }, async ({ target, release, id }) => {
      const steps = target.steps(release, UNUSED);
      const results = stepResults(log, id, steps);
      return viewOf({ id, target, release }, { state: 'planned', steps, before: new Set(results.keys()), done: [], results });
    }),
  );
}

async function carryOut(wish: Wish, context: CallContext): Promise<PromotionView> {
  return withWriterLog(wish.workspace, async (log) =>
    withRelease({ ...wish, log, context }, (ready) => run(log, { ...wish, ...ready }, context)),
  );
}

async function run(log: Log, ready: Wish & Ready, context: CallContext): Promise<PromotionView> {
  const { workspace, row, target, release, id, store, archive } = ready;
  const { drain, by = userInfo().username } = context;
  if (promotionStart(log, id) === undefined) {
    const { mission, head } = release;
    const kept = await store.put(archive);
    await startPromotion(log, { mission, head, target: target.address }, { archive: kept, by });
  }
  const { settings } = row;
  const signer = async () => (await missionSigner({ workspace, store, settings, context })).signer;
  const seal = releaseSeal({ log, store, signer, mission: release.mission, promotion: id });
  const steps = target.steps(release, seal);
  const before = new Set(stepResults(log, id, steps).keys());
  const outcome = await runPromotion({ log, id, steps, ...(drain === undefined ? {} : { signal: drain }) });
  if (outcome.state === 'interrupted') throw interrupted(release.mission);
  return viewOf(ready, { ...outcome, state: outcome.state, steps, before });
}

/** Of a promotion that is only looked at. */
const UNUSED: ReleaseSeal = {
  sign: () => Promise.reject(new TypeError('nothing is signed')),
  read: () => {
    throw new TypeError('nothing is signed');
  },
};

function interrupted(mission: string): NexusError {
  return new NexusError('INTERRUPTED', `The promotion of mission ${mission} was interrupted.`, {
    hint: 'Run the same command again: it goes on where it stopped.',
  });
}

interface Ready {
  id: string;
  target: PromotionTarget;
  release: Release;
  store: ContentStore;
  archive: Buffer;
}

/** Makes the release ready, verified, in a folder that is there for the time of `use`. */
async function withRelease<T>(
  { workspace, row, input, log, context }: Wish & { log: LogReader; context: CallContext },
  use: (ready: Ready) => Promise<T>,
): Promise<T> {
  refuseUnfinished(row);
  const { head, finished_at: finishedAt } = row;
  // What a host that is kept has half-written is not to be swept.
  const store = openContentStore(workspace.dir, { writer: input.dryRun !== true && residentHost(workspace.dir) === undefined });
  const key = openKeys(workspace).signing();
  mkdirSync(workspace.scratch, { recursive: true });
  const scratch = mkdtempSync(join(workspace.scratch, 'promotion-'));
  try {
    const publicKeys = new Map(signingPublicKeys(workspace).map((pem) => [hintOf(fingerprintOf(createPublicKey(pem))), pem]));
    const keep = (bytes: Uint8Array) => store.put(bytes);
    const target = promotionTarget(input, { cwd: context.cwd, mission: row.id, scratch, key, publicKeys, keep });
    const id = promotionId({ mission: row.id, head, target: target.address });
    const dir = join(scratch, 'export');
    const kept = promotionStart(log, id)?.data['archive'];
    if (isDigest(kept)) await unpack(store.get(kept), dir);
    else
      await exportMission(
        await exportSource({ mission: row.id, workspace, log, store, settings: row.settings, context }),
        row.id,
        dir,
      );
    const keys = [...publicKeys.values(), formatVkey(logVerifier(workspace))];
    refuseUngated(await verifyExport(dir, { keys, roots: trustedRoots(workspace) }), { mission: row.id });
    const archive = packExport(dir, { mission: row.id, finishedAt });
    const specification = { id: row.specification, title: row.title };
    const release = releaseOf(dir, archive, {
      mission: row.id,
      specification,
      head,
      finishedAt,
      documents: documentsOf(row, store),
    });
    return await use({ id, target, release, store, archive });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The same product has the same documents, whichever run makes them. */
function documentsOf({ head, specification: name }: Finished, store: ContentStore): Map<string, Uint8Array> {
  const tree = parseTreeListing(store.get(head));
  return new Map([
    ['sbom.cdx.json', canonicalBytes(sbomOf('cyclonedx', tree, { store, name }))],
    ['sbom.spdx.json', canonicalBytes(sbomOf('spdx', tree, { store, name }))],
  ]);
}

type Finished = MissionRow & { head: NonNullable<MissionRow['head']>; finished_at: string };

/** Before any work; the verified export decides. */
function refuseUnfinished(row: MissionRow): asserts row is Finished {
  if (row.state === 'succeeded' && row.gate === 'pass' && row.head !== null && row.finished_at !== null) return;
  const why = row.state === 'succeeded' ? 'its gate has not passed it' : `it is ${row.state}`;
  throw new NexusError('PROMOTION_REFUSED', `Mission ${row.id} is not promoted: ${why}.`, {
    hint: `Only what succeeded and passed its gate is promoted: \`spec-kit status ${row.id.slice(0, 13)}\` says what is missing.`,
    details: { mission: row.id, state: row.state, gate: row.gate },
  });
}

async function unpack(archive: Uint8Array, dir: string): Promise<void> {
  for (const { path, content } of await readTar(archive, ARCHIVE)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

function viewOf(
  { id, target, release }: Pick<Ready, 'id' | 'target' | 'release'>,
  { state, reason = null, steps, before, done, results }: Course,
): PromotionView {
  return {
    kind: 'Promotion',
    id,
    mission: release.mission,
    target: target.address,
    state,
    reason,
    steps: steps.map(({ name, what }) => ({
      name,
      what,
      state: before.has(name) ? 'before' : done.includes(name) ? 'done' : 'open',
    })),
    url: target.url?.(results) ?? null,
  };
}

interface Course {
  state: PromotionView['state'];
  reason?: string | null;
  steps: ReturnType<PromotionTarget['steps']>;
  before: ReadonlySet<string>;
  done: readonly string[];
  results: StepResults;
}
