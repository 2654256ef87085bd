import { execSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import { readStatement } from '../../../src/runtime/vault/records.ts';
import { openStatementSigner } from '../../../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { verifyExport } from '../../../src/runtime/vault/verify-export.ts';
import { FILES, MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

let workspace: Workspace;
let out: string;
beforeEach(async () => {
  workspace = await openWorkspace();
  out = join(workspace.dir, 'out', 'export');
});
afterEach(() => workspace[Symbol.dispose]());

const filesBelow = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();

describe('exporting a mission', () => {
  it('writes product, evidence, proofs, log and keys', async () => {
    await runMission(workspace);
    const summary = await exportMission(workspace, MISSION, out);
    const names = ['T1.provenance', 'T1.tests', 'gate'];
    const expected = [
      'README.md',
      'SHA256SUMS',
      ...Object.keys(FILES).map((path) => `artifacts/${path}`),
      ...names.map((name) => `evidence/${name}.sigstore.json`),
      'export.sigstore.json',
      'keys/log.pub',
      'keys/signing.pub',
      'log/checkpoint',
      'log/entries.jsonl',
      'log/tile/0/000.p/12',
      ...names.flatMap((name) => [`proofs/${name}.entry.json`, `proofs/${name}.tlog-proof`]),
      'tree.json',
    ];
    expect(filesBelow(out)).toEqual(expected.toSorted());
    expect(summary).toEqual({ mission: MISSION, dir: out, files: expected.length, artifacts: 3, statements: 3 });
    for (const [path, { content }] of Object.entries(FILES))
      expect(readFileSync(join(out, 'artifacts', path), 'utf8')).toBe(content);
    expect(readdirSync(join(out, '..'))).toEqual(['export']);
  });

  it.skipIf(process.platform === 'win32')('is what sha256sum takes for whole', async () => {
    await runMission(workspace);
    await exportMission(workspace, MISSION, out);
    const listed = execSync('sha256sum --check --strict SHA256SUMS', { cwd: out, encoding: 'utf8' });
    expect(listed.trimEnd().split('\n')).toHaveLength(filesBelow(out).length - 1);
  });

  it('verifies after more has been logged, and among other missions', async () => {
    const other = '0198a000-0000-7000-8000-0000000000aa';
    await workspace.log.append(Array.from({ length: 240 }, (_, i) => ({ kind: 'noise.made', data: { i } })));
    await runMission(workspace, { mission: other });
    await runMission(workspace);
    await workspace.log.append(Array.from({ length: 700 }, (_, i) => ({ kind: 'noise.made', data: { i } })));
    await exportMission(workspace, MISSION, out);
    expect(await verifyExport(out)).toMatchObject({ result: 'verified', checked: { entries: 12, proofs: 3, tiles: 4 } });
    expect(readFileSync(join(out, 'log', 'entries.jsonl'), 'utf8')).not.toContain(other);
  });

  it('takes an empty folder that is there', async () => {
    await runMission(workspace);
    mkdirSync(out, { recursive: true });
    await exportMission(workspace, MISSION, out);
    expect(existsSync(join(out, 'SHA256SUMS'))).toBe(true);
  });

  it('leaves a folder that holds files, and a file, as they are', async () => {
    await runMission(workspace);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'mine.txt'), 'mine');
    await expect(exportMission(workspace, MISSION, out)).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
    await expect(exportMission(workspace, MISSION, join(out, 'mine.txt'))).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
    expect(filesBelow(out)).toEqual(['mine.txt']);
  });

  it('leaves nothing behind when content is damaged', async () => {
    const tree = await runMission(workspace);
    const path = workspace.store.pathOf(tree[1]?.digest ?? treeDigest([]));
    chmodSync(path, 0o644);
    writeFileSync(path, 'other');
    await expect(exportMission(workspace, MISSION, out)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(readdirSync(join(out, '..'))).toEqual([]);
  });

  it('refuses a mission that is not there or has not ended', async () => {
    await expect(exportMission(workspace, MISSION, out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await workspace.log.append([{ kind: 'mission.created', mission: MISSION, data: {} }]);
    await expect(exportMission(workspace, MISSION, out)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(exportMission(workspace, 'other', out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes the keys of other signers along, and insists on having them', async () => {
    const colleague = openSigningKey(join(workspace.dir, 'keys', 'colleague.pem'));
    const signer = await openStatementSigner(colleague);
    await runMission({ ...workspace, signingKey: colleague, signer });
    await expect(exportMission(workspace, MISSION, out)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    await exportMission({ ...workspace, publicKeys: [colleague.publicKey] }, MISSION, out);
    expect(await verifyExport(out)).toMatchObject({
      result: 'verified',
      trust: [{ use: 'signing' }, { use: 'signing' }, { use: 'log' }],
    });
    const keys = [workspace.signingKey.publicKey];
    expect(await verifyExport(out, { keys })).toMatchObject({
      result: 'failed',
      failures: expect.arrayContaining([
        expect.objectContaining({ code: 'VERIFY_KEY_UNTRUSTED', subject: expect.stringMatching(/^keys\/signing-/) }),
      ]),
    });
    expect(await verifyExport(out, { keys: [...keys, colleague.publicKey] })).toMatchObject({ result: 'verified' });
    const [name = ''] = readdirSync(join(out, 'keys')).filter((each) => each.startsWith('signing-'));
    renameSync(join(out, 'keys', name), join(out, 'keys', 'signing-0123456789abcdef.pub'));
    expect((await verifyExport(out)).failures).toContainEqual(
      expect.objectContaining({ code: 'VERIFY_KEY_MALFORMED', subject: 'keys/signing-0123456789abcdef.pub' }),
    );
  });

  it('keeps statements of one name apart', async () => {
    await runMission(workspace);
    await runMission(workspace);
    const names = [...workspace.log.entries({ mission: MISSION })].flatMap((entry) => readStatement(entry)?.name ?? []);
    expect(names).toHaveLength(6);
    // The mission began twice, which a verifier must not take for one; its files are told apart all the same.
    await exportMission(workspace, MISSION, out);
    expect(readdirSync(join(out, 'evidence'))).toContain('gate~2.sigstore.json');
  });

  it('explains itself', async () => {
    await runMission(workspace);
    await exportMission(workspace, MISSION, out);
    const readme = readFileSync(join(out, 'README.md'), 'utf8');
    expect(readme).toContain(workspace.signingKey.fingerprint);
    expect(readme).toMatch(
      /--bundle evidence\/T1\.provenance\.sigstore\.json --type https:\/\/slsa\.dev\/provenance\/v1 artifacts\/README\.md/,
    );
  });
});
