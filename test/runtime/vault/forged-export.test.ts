import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { formatProof } from '../../../src/runtime/log/proof.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import { openStatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import type { Statement } from '../../../src/runtime/vault/statement.ts';
import { ExportCopy, failure } from './export-copy.ts';
import { MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

let workspace: Workspace;
let pristine: string;
let copy: ExportCopy;
beforeAll(async () => {
  workspace = await openWorkspace();
  const noise = (length: number) => workspace.log.append(Array.from({ length }, (_, i) => ({ kind: 'noise.made', data: { i } })));
  await noise(250);
  await runMission(workspace);
  await noise(10);
  pristine = join(workspace.dir, 'export');
  await exportMission(workspace, MISSION, pristine);
});
afterAll(() => workspace[Symbol.dispose]());
beforeEach(() => {
  copy = new ExportCopy(pristine);
});
afterEach(() => copy.delete());

describe('forgery by someone without the key', () => {
  it('of an artifact with its line in SHA256SUMS', async () => {
    copy.write('artifacts/src/add.ts', 'export const add = () => 4;\n');
    copy.repairSums();
    const failures = await copy.failures();
    expect(failures[0]).toEqual(failure('artifacts/src/add.ts', 'VERIFY_FILE_CHANGED'));
    expect(failures).toContainEqual(failure('SHA256SUMS', 'VERIFY_SUMS'));
  });

  it('of an artifact, with the signed list thrown away', async () => {
    copy.write('artifacts/src/add.ts', 'export const add = () => 4;\n');
    copy.remove('export.sigstore.json');
    copy.repairSums();
    const failures = await copy.failures();
    expect(failures).toContainEqual(failure('export.sigstore.json', 'VERIFY_FILE_MISSING'));
    expect(failures).toContainEqual(failure('artifacts/src/add.ts', 'VERIFY_ARTIFACT'));
  });

  it('by a key of their own in the place of the signer’s', async () => {
    const own = openSigningKey(join(workspace.dir, 'keys', 'forger.pem'));
    copy.write('keys/signing.pub', own.publicKey);
    await copy.signAgain(await openStatementSigner(own));
    expect(await copy.failures()).toContainEqual(failure('evidence/T1.provenance.sigstore.json', 'VERIFY_KEY_UNKNOWN'));
    expect((await copy.failures({ keys: [workspace.signingKey.publicKey] }))[0]).toEqual(
      failure('keys/signing.pub', 'VERIFY_KEY_UNTRUSTED'),
    );
  });

  it('by a statement taken away everywhere', async () => {
    copy.dropStatement('T1.tests');
    copy.repairSums();
    const failures = await copy.failures();
    expect(failures).toContainEqual(failure('evidence/T1.tests.sigstore.json', 'VERIFY_FILE_MISSING'));
  });
});

describe('omission by the holder of the signing key', () => {
  it('of a statement is named by the gate’s summary and the mission’s end', async () => {
    copy.dropStatement('T1.tests');
    await copy.signAgain(workspace.signer);
    const failures = await copy.failures();
    expect(failures).toContainEqual(failure('evidence/T1.tests.sigstore.json', 'VERIFY_INCOMPLETE'));
    expect(failures).toContainEqual(failure('log/entries.jsonl', 'VERIFY_INCOMPLETE'));
  });

  it('of the mission’s end', async () => {
    copy.dropEntries('mission.finished');
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('log/entries.jsonl', 'VERIFY_MISSION'));
  });

  it('of all entries', async () => {
    copy.write('log/entries.jsonl', '');
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('log/entries.jsonl', 'VERIFY_MISSION'));
  });

  it('of a file of the product with its line in the list', async () => {
    const tree = JSON.parse(copy.read('tree.json').toString()) as { path: string }[];
    copy.write('tree.json', JSON.stringify(tree.filter(({ path }) => path !== 'README.md')));
    copy.remove('artifacts/README.md');
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('tree.json', 'VERIFY_TREE'));
  });

  it.each<[string, string, (text: string) => string]>([
    ['log/entries.jsonl', 'VERIFY_ENTRY', (text) => text.replace('qa/jest', 'qa/none')],
    ['log/entries.jsonl', 'VERIFY_ENTRY_MALFORMED', (text) => text.replace('{"leaf"', '{ "leaf"')],
    ['log/entries.jsonl', 'VERIFY_ENTRY_MALFORMED', (text) => text.split('\n').toReversed().join('\n').trim()],
    ['log/checkpoint', 'VERIFY_CHECKPOINT', (text) => text.replace('\n272\n', '\n273\n')],
    ['proofs/gate.entry.json', 'VERIFY_ENTRY', (text) => text.replace('gate', 'date')],
    ['proofs/gate.tlog-proof', 'VERIFY_PROOF', () => copy.read('proofs/T1.tests.tlog-proof').toString()],
    [
      'proofs/gate.tlog-proof',
      'VERIFY_PROOF',
      (text) => text.replace(/^index .*\n.{43}=/m, (head) => head.replace(/.{43}=$/, `${'A'.repeat(43)}=`)),
    ],
    ['artifacts/src/add.ts', 'VERIFY_ARTIFACT', () => 'other'],
    ['evidence/gate.sigstore.json', 'VERIFY_STATEMENT_CHANGED', () => copy.read('evidence/T1.tests.sigstore.json').toString()],
    ['keys/signing.pub', 'VERIFY_KEY_MALFORMED', (text) => `${text}\n`],
    ['keys/log.pub', 'VERIFY_KEY_MALFORMED', (text) => `${text}\n`],
    ['tree.json', 'VERIFY_TREE', (text) => text.replace('"analysis"', '"code"')],
  ])('cannot change %s either (%s)', async (path, code, change) => {
    const before = copy.read(path).toString();
    const after = change(before);
    expect(after).not.toBe(before);
    copy.write(path, after);
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure(path, code));
  });

  it('cannot exchange hashes in a tile, be they of other entries', async () => {
    const exchanged = (path: string) => {
      const tile = copy.read(path);
      return Buffer.concat([tile.subarray(0, -64), tile.subarray(-32), tile.subarray(-64, -32)]);
    };
    const whole = copy.read('log/tile/0/000');
    copy.write('log/tile/0/000', exchanged('log/tile/0/000'));
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('log/tile/0/000', 'VERIFY_TILE'));
    copy.write('log/tile/0/000', whole);
    copy.write('log/tile/0/001.p/16', exchanged('log/tile/0/001.p/16'));
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('log/checkpoint', 'VERIFY_CHECKPOINT'));
  });

  it('cannot sign a statement anew that is on record already', async () => {
    const { payload } = (JSON.parse(copy.read('evidence/gate.sigstore.json').toString()) as { dsseEnvelope: { payload: string } })
      .dsseEnvelope;
    copy.write(
      'evidence/gate.sigstore.json',
      await workspace.signer.sign(JSON.parse(Buffer.from(payload, 'base64').toString()) as Statement),
    );
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('evidence/gate.sigstore.json', 'VERIFY_STATEMENT_CHANGED'));
  });

  it('cannot prove entries under another checkpoint than the one in the folder', async () => {
    const { log } = workspace;
    const gate = [...log.entries({ mission: MISSION })].find(({ data }) => data['name'] === 'gate');
    copy.write('proofs/gate.tlog-proof', formatProof(log.prove(gate?.seq ?? -1, (gate?.seq ?? 0) + 1)));
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('proofs/gate.tlog-proof', 'VERIFY_PROOF'));
  });

  it('cannot mix in entries that are not of the mission', async () => {
    const line = JSON.stringify({ leaf: workspace.log.leafBody(249).toString(), seq: 249 });
    copy.write('log/entries.jsonl', `${line}\n${copy.read('log/entries.jsonl').toString()}`);
    await copy.signAgain(workspace.signer);
    expect(await copy.failures()).toContainEqual(failure('log/entries.jsonl', 'VERIFY_MISSION'));
  });

  it('cannot claim another product or mission', async () => {
    await copy.signAgain(workspace.signer, { head: sha256('other') });
    expect(await copy.failures()).toEqual([failure('export.sigstore.json', 'VERIFY_MANIFEST')]);
    await copy.signAgain(workspace.signer, { mission: '0198a000-0000-7000-8000-0000000000cc' });
    expect(await copy.failures()).toContainEqual(failure('log/entries.jsonl', 'VERIFY_MISSION'));
  });

  it('cannot add a file that nothing accounts for', async () => {
    for (const path of ['evidence/more.sigstore.json', 'artifacts/more.ts', 'log/tile/0/002', 'keys/more.pub', 'notes.txt']) {
      copy.write(path, 'more');
      await copy.signAgain(workspace.signer);
      expect(await copy.failures()).toEqual([failure(path, 'VERIFY_FILE_EXTRA')]);
      copy.remove(path);
    }
  });
});
