import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Digest } from '../../../src/base/digest.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { readStatement } from '../../../src/runtime/vault/records.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { verifyWorkspace, type VerifyWorkspaceOptions } from '../../../src/runtime/vault/verify-workspace.ts';
import { MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

const OTHER = '0198a000-0000-7000-8000-0000000000bb';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace();
});
afterEach(() => workspace[Symbol.dispose]());

function verify(options: VerifyWorkspaceOptions = {}) {
  const { dir, log, store, signingKey, logKey } = workspace;
  return verifyWorkspace(
    { log, store, logKey, signingKeys: [signingKey.publicKey], fsck: fsck(dir, { verifier: logKey }) },
    options,
  );
}

function overwrite(digest: Digest): void {
  const path = workspace.store.pathOf(digest);
  chmodSync(path, 0o644);
  writeFileSync(path, 'other');
}

function bundleOf(name: string): Digest {
  for (const entry of workspace.log.entries({ mission: MISSION })) {
    const record = readStatement(entry);
    if (record?.name === name) return record.bundle;
  }
  throw new Error(`no statement ${name}`);
}

const failure = (subject: string, code: string) => expect.objectContaining({ subject, code });

describe('verifying a workspace', () => {
  it('goes no further than what is signed', async () => {
    await runMission(workspace);
    const { dir, log, store, signingKey, logKey } = workspace;
    const source = { log, store, logKey, signingKeys: [signingKey.publicKey] };
    const whole = fsck(dir, { verifier: logKey });
    const states = async (unsigned: number) =>
      (await verifyWorkspace({ ...source, fsck: { ...whole, unsigned } })).missions.map(({ state }) => state);
    expect(await states(0)).toEqual(['succeeded']);
    expect(await states(1)).not.toContain('succeeded');
    expect(await states(whole.entries)).toEqual([]);
  });

  it('verifies every mission and all content', async () => {
    await runMission(workspace);
    await runMission(workspace, { mission: OTHER });
    expect(await verify()).toMatchObject({
      result: 'verified',
      missions: [{ id: MISSION, state: 'succeeded' }, { id: OTHER }],
      checked: { files: 10, artifacts: 6, statements: 6, signatures: 6, entries: 24, proofs: 6 },
      trust: [
        { use: 'signing', from: 'workspace' },
        { use: 'log', from: 'workspace' },
      ],
      failures: [],
    });
  });

  it('verifies one mission alone', async () => {
    await runMission(workspace);
    await runMission(workspace, { mission: OTHER });
    expect(await verify({ mission: OTHER })).toMatchObject({
      result: 'verified',
      missions: [{ id: OTHER }],
      checked: { artifacts: 3 },
    });
    await expect(verify({ mission: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes a mission under way as far as it has come, and an empty workspace', async () => {
    expect(await verify()).toMatchObject({ result: 'verified', missions: [] });
    await workspace.log.append([{ kind: 'mission.created', mission: MISSION, data: {} }]);
    expect(await verify()).toMatchObject({ result: 'verified', missions: [{ id: MISSION }] });
  });

  it('names an artifact whose content was changed, by place and by path', async () => {
    const [artifact] = await runMission(workspace);
    const digest = artifact?.digest ?? treeDigest([]);
    overwrite(digest);
    const { result, failures } = await verify();
    const hex = digest.slice(7);
    expect(result).toBe('failed');
    expect(failures[0]).toEqual(failure(`cas/sha256/${hex.slice(0, 2)}/${hex}`, 'VERIFY_STORE'));
    expect(failures).toContainEqual(failure(`${MISSION}/artifacts/README.md`, 'VERIFY_ARTIFACT_MISSING'));
  });

  it('names a statement whose bundle was changed or removed', async () => {
    await runMission(workspace);
    overwrite(bundleOf('T1.tests'));
    rmSync(workspace.store.pathOf(bundleOf('gate')), { force: true });
    const { failures } = await verify({ mission: MISSION });
    expect(failures).toContainEqual(failure(`${MISSION}/evidence/T1.tests`, 'VERIFY_STATEMENT_MISSING'));
    expect(failures).toContainEqual(failure(`${MISSION}/evidence/gate`, 'VERIFY_STATEMENT_MISSING'));
  });

  it('names a damaged log entry', async () => {
    await runMission(workspace);
    workspace.log.close();
    const db = new Database(join(workspace.dir, 'log.db'));
    db.exec('DROP TRIGGER entry_no_update');
    db.prepare("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'qa/jest', 'qa/none') AS BLOB) WHERE seq = 3").run();
    db.close();
    const { openLog } = await import('../../../src/runtime/log/log.ts');
    const { dir, store, signingKey, logKey } = workspace;
    const log = openLog(dir, { mode: 'read' });
    const { failures } = await verifyWorkspace({
      log,
      store,
      logKey,
      signingKeys: [signingKey.publicKey],
      fsck: fsck(dir, { verifier: logKey }),
    });
    log.close();
    expect(failures).toContainEqual(failure('log entry 3', 'VERIFY_LOG'));
  });

  it('rests on the keys of the user, if given', async () => {
    await runMission(workspace);
    const { signingKey } = workspace;
    expect(await verify({ keys: [signingKey.publicKey] })).toMatchObject({
      result: 'verified',
      trust: [{ from: 'user' }, { from: 'workspace' }],
    });
    const other = openSigningKey(join(workspace.dir, 'keys', 'other.pem'));
    expect((await verify({ keys: [other.publicKey] })).failures).toContainEqual(
      failure(`${MISSION}/evidence/gate`, 'VERIFY_KEY_UNKNOWN'),
    );
  });

  it('reports an entry that is not what its kind must be', async () => {
    await runMission(workspace);
    await workspace.log.append([
      { kind: 'artifact.recorded', mission: MISSION, data: { path: '../x' } },
      { kind: 'mission.created', mission: MISSION, data: {} },
    ]);
    const { failures } = await verify();
    expect(failures).toContainEqual(failure('log entry 12', 'VERIFY_RECORD'));
    expect(failures).toContainEqual(failure(`mission ${MISSION}`, 'VERIFY_MISSION'));
  });
});
