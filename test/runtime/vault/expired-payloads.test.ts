import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { expiredPayloads } from '../../../src/runtime/vault/expired-payloads.ts';
import { payloadsRemoving, readRemovedPayloads } from '../../../src/runtime/vault/payload-removal.ts';
import { removeContent } from '../../../src/runtime/vault/remove-content.ts';
import { readStatement, STATEMENT_RECORDED } from '../../../src/runtime/vault/records.ts';
import { verifyWorkspace } from '../../../src/runtime/vault/verify-workspace.ts';
import { FILES, MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

const OTHER = '0198a000-0000-7000-8000-0000000000bb';
const ARTIFACTS = Object.values(FILES).map(({ content }) => sha256(content));

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace();
});
afterEach(() => workspace[Symbol.dispose]());

/** A transcript and an exchange with a model. */
async function speak(mission: string, words = ['said', 'asked', 'answered']) {
  const [transcript, request, response] = await workspace.store.putMany(words.map((text) => Buffer.from(text)));
  const place = { mission, task: 'T1' };
  await workspace.log.append([
    { kind: 'agent.lifecycle', ...place, data: { transcript: transcript ?? null } },
    { kind: 'agent.exchange', ...place, data: { request: request ?? null, response: response ?? null } },
  ]);
  return words.map(sha256);
}

function expired(artifacts: boolean, missions = [MISSION]) {
  const { log, store } = workspace;
  const found = expiredPayloads(log, { store, expired: new Map(missions.map((id) => [id, { artifacts }])) });
  return [...found.values()].flatMap(({ digests }) => digests).toSorted();
}

async function verify() {
  const { dir, log, store, signingKey, logKey } = workspace;
  const source = { log, store, logKey, signingKeys: [signingKey.publicKey], fsck: fsck(dir, { verifier: logKey }) };
  return verifyWorkspace(source);
}

describe('payloads of old missions', () => {
  it('are what was said and asked, and what was made, and nothing that proves', async () => {
    await runMission(workspace);
    const words = await speak(MISSION);
    expect(expired(false)).toEqual(words.toSorted());
    expect(expired(true)).toEqual([...words, ...ARTIFACTS].toSorted());
    expect(expired(true, [])).toEqual([]);
  });

  it('stay where anything else names them', async () => {
    await runMission(workspace);
    await speak(MISSION);
    await runMission(workspace, { mission: OTHER });
    await speak(OTHER, ['said', 'asked too', 'answered too']);
    await workspace.log.append([{ kind: 'something.new', data: { hex: sha256('asked').slice('sha256:'.length) } }]);
    expect(expired(true)).toEqual([sha256('answered')]);
    expect(expired(true, [MISSION, OTHER])).not.toContain(sha256('asked'));
  });

  it('are missed where no entry says that they were removed, and excused where one does', async () => {
    await runMission(workspace);
    const digests = [...(await speak(MISSION)), ...ARTIFACTS];
    removeContent(digests, workspace.store);
    const missing = await verify();
    expect(missing.failures.map(({ code }) => code).toSorted()).toEqual([
      ...Array<string>(3).fill('VERIFY_ARTIFACT_MISSING'),
      ...Array<string>(3).fill('VERIFY_STORE'),
    ]);
    const [seq] = await workspace.log.append(payloadsRemoving({ mission: MISSION, rule: 'old', digests, trees: [] }));
    const { result, failures, removed, checked } = await verify();
    expect({ result, failures, artifacts: checked.artifacts }).toEqual({ result: 'verified', failures: [], artifacts: 0 });
    expect(removed).toMatchObject([{ entry: seq, mission: MISSION, rule: 'old' }]);
    expect(removed[0]?.digests.toSorted()).toEqual(digests.toSorted());
  });

  it('excuse no statement, whatever an entry says, and nothing by an entry that is none', async () => {
    const [artifact = sha256('')] = ARTIFACTS;
    await runMission(workspace);
    const bundles = [...workspace.log.entries({ kinds: [STATEMENT_RECORDED] })].flatMap(
      (each) => readStatement(each)?.bundle ?? [],
    );
    removeContent([artifact, ...bundles], workspace.store);
    await workspace.log.append([
      ...payloadsRemoving({ mission: MISSION, rule: 'old', digests: bundles, trees: [] }),
      { kind: 'payloads.removing', data: { mission: MISSION, rule: 'old', count: 2, digests: [artifact], trees: [] } },
    ]);
    const codes = (await verify()).failures.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['VERIFY_STATEMENT_MISSING', 'VERIFY_ARTIFACT_MISSING']));
  });

  it('are named in as many entries as it takes, each of them once', async () => {
    const digests = Array.from({ length: 1000 }, (_, at) => sha256(`content ${at}`));
    const trees = Array.from({ length: 100 }, (_, at) => sha256(`tree ${at}`));
    const seqs = await workspace.log.append(payloadsRemoving({ mission: MISSION, rule: 'old', digests, trees }));
    const entries = workspace.log.entriesAt(seqs);
    expect(entries.flatMap((entry) => readRemovedPayloads(entry)?.digests ?? [])).toEqual(digests);
    expect(entries.flatMap(({ data }) => data['trees'])).toEqual(trees);
  });
});
