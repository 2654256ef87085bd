import { createHmac, hkdfSync } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';

import { fsck } from '../../../src/runtime/log/fsck.ts';
import { type Log, openLog } from '../../../src/runtime/log/log.ts';
import { leafHash } from '../../../src/runtime/log/merkle.ts';
import { verifyProof } from '../../../src/runtime/log/proof.ts';
import { TailMac } from '../../../src/runtime/log/tail-mac.ts';
import { draft, drafts, signer } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

/** Signs the first commit, and nothing by itself thereafter. */
const SELDOM = { every: 1e9, within: 1e8 };

const { privateKey: _, ...verifier } = signer;

/** Ten commits of one entry and one of three, of which the first is signed. */
async function burst(dir: string): Promise<Log> {
  const log = writer(dir, { signing: SELDOM });
  for (let i = 0; i < 10; i++) await log.append([draft(i)]);
  await log.append(drafts(3, 10));
  return log;
}

/** The folder as a crash would leave it now, changed by `sql`. */
async function crashed(sql?: string): Promise<string> {
  const [dir, copy] = [tempFolder(), tempFolder()];
  await burst(dir);
  cpSync(dir, copy, { recursive: true });
  if (sql === undefined) return copy;
  const db = new Sqlite(join(copy, 'log.db'));
  db.function('sha', (bytes: Buffer) => leafHash(bytes));
  db.exec(`DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_delete; ${sql}`);
  db.close();
  return copy;
}

describe('a burst of commits', () => {
  it('is signed once at its begin and once at its end', async () => {
    const dir = tempFolder();
    const log = await burst(dir);
    expect(log.db.all('SELECT seq FROM entry WHERE note IS NOT NULL')).toEqual([{ seq: 0 }]);
    log.close();
    const reader = openLog(dir, { mode: 'read', verifier });
    expect(reader.checkpoint()?.size).toBe(13);
    reader.close();
    expect(fsck(dir, { verifier })).toEqual({ entries: 13, checkpoints: 2, tiles: 0, unsigned: 0, faults: [] });
  });

  it('is of another version for each entry, and once it is signed', async () => {
    const log = await burst(tempFolder());
    const versions = [log.version];
    log.checkpoint();
    versions.push(log.version);
    log.checkpoint();
    expect(log.version).toBe(versions[1]);
    await log.append([draft(13)]);
    versions.push(log.version);
    expect([new Set(versions).size, log.size]).toEqual([3, 14]);
    await expect(log.append([draft(14, { data: { text: 'x'.repeat(1 << 24) } })])).rejects.toThrow('over the limit');
    expect(log.version).toBe(versions[2]);
  });

  it('is signed when somebody asks for the checkpoint or a proof', async () => {
    const log = await burst(tempFolder());
    expect(verifyProof(log.prove(12), log.leafBody(12), verifier).size).toBe(13);
    expect(verifyProof(log.prove(0, 1), log.leafBody(0), verifier).size).toBe(1);
    expect(() => log.prove(3, 5)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    await log.append([draft(13)]);
    expect(verifyProof(log.prove(12, 13), log.leafBody(12), verifier).size).toBe(13);
    expect(log.checkpoint()?.size).toBe(14);
  });

  it('is signed when none follows in time', async () => {
    const dir = tempFolder();
    const log = writer(dir, { signing: { every: 1e9, within: 20 } });
    for (let i = 0; i < 3; i++) await log.append([draft(i)]);
    await vi.waitFor(() => expect(log.db.all('SELECT size FROM seal')).toEqual([{ size: 3 }]));
    expect(fsck(dir, { verifier })).toMatchObject({ checkpoints: 2, unsigned: 0, faults: [] });
  });

  it('that ends on a full disk is signed by the next writer', async () => {
    const dir = tempFolder();
    const log = await burst(dir);
    const pages = log.db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    log.db.get(`PRAGMA max_page_count = ${pages}`);
    await expect(log.append([draft(0, { data: { text: 'x'.repeat(9000) } })])).rejects.toMatchObject({ code: 'WORKSPACE_FULL' });
    log.close();
    expect(writer(dir).checkpoint()?.size).toBe(13);
    expect(fsck(dir, { verifier }).faults).toEqual([]);
  });
});

describe('a crash in a burst', () => {
  it('loses nothing: the next writer signs what was left', async () => {
    const dir = await crashed();
    const reader = openLog(dir, { mode: 'read', verifier });
    expect([reader.size, reader.checkpoint()?.size]).toEqual([13, 1]);
    reader.close();
    for (const key of [signer, verifier]) expect(fsck(dir, { verifier: key })).toMatchObject({ unsigned: 12, faults: [] });
    const log = writer(dir);
    await log.append([draft(13)]);
    expect(verifyProof(log.prove(5), log.leafBody(5), verifier).size).toBe(14);
    expect(fsck(dir, { verifier: signer })).toMatchObject({ entries: 14, unsigned: 0, faults: [] });
  });

  const rewrite = `UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '"i":5', '"i":6') AS BLOB) WHERE seq = 5;
    UPDATE entry SET leaf = sha(body) WHERE seq = 5`;
  const copied = 'kind, mission, task, leaf, NULL, mac, NULL, body FROM entry WHERE seq = 5';

  it.each([
    ['an entry that was rewritten with its leaf', rewrite, ['checkpoint at 6']],
    ['an entry that was added', `INSERT INTO entry SELECT 13, ${copied}`, ['checkpoint at 14']],
    [
      'entries that were moved',
      'UPDATE entry SET mac = (SELECT mac FROM entry WHERE seq = 3) WHERE seq = 4',
      ['checkpoint at 5'],
    ],
    ['a commit in pieces', 'DELETE FROM entry WHERE seq = 12', ['checkpoint at 12']],
  ])('does not pass off %s as the writer’s', async (_what, sql, subjects) => {
    const dir = await crashed(sql);
    expect(() => writer(dir)).toThrow(expect.objectContaining({ code: 'LOG_CORRUPT' }));
    expect(fsck(dir, { verifier: signer }).faults.map(({ subject }) => subject)).toEqual(subjects);
  });

  it.each([
    ['an entry', 'UPDATE entry SET leaf = zeroblob(32) WHERE seq = 5'],
    ['a lost entry', 'DELETE FROM entry WHERE seq = 5'],
    ['a commit in pieces', 'DELETE FROM entry WHERE seq = 12'],
  ])('does not hide %s from a reader', async (_what, sql) => {
    const dir = await crashed(sql);
    expect(() => openLog(dir, { mode: 'read' })).toThrow(expect.objectContaining({ code: 'LOG_CORRUPT' }));
  });
});

it('codes with HMAC-SHA-256 under a key derived from the log’s', () => {
  const secret = signer.privateKey.export({ type: 'pkcs8', format: 'der' });
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'agentnexus.dev/log tail with subtrees of log.example/test', 32));
  const roots = ['64', '8', '4', '1'].map((text) => leafHash(Buffer.from(text)));
  const size = Buffer.alloc(8);
  size.writeUInt32BE(77, 4);
  const expected = createHmac('sha256', key)
    .update(Buffer.concat([size, ...roots]))
    .digest();
  expect(new TailMac(signer).of({ size: 77, roots })).toEqual(expected);
});
