import { existsSync } from 'node:fs';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { verifyCheckpoint } from '../../../src/runtime/log/checkpoint.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { leafHash, verifyConsistency } from '../../../src/runtime/log/merkle.ts';
import type { Projection } from '../../../src/runtime/log/projection.ts';
import { formatProof, parseProof, verifyProof } from '../../../src/runtime/log/proof.ts';
import { computeTiles } from '../../../src/runtime/log/tiles.ts';
import { clock, draft, drafts, signer } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

describe('checkpointCovering', () => {
  it('is the first signed head over an entry, whatever comes after', async () => {
    const log = writer(tempFolder());
    await log.append([draft(0), draft(1)]);
    const first = log.checkpoint();
    await log.append([draft(2)]);
    expect([0, 1].map((seq) => log.checkpointCovering(seq))).toEqual([first, first]);
    expect(log.checkpointCovering(2)).toEqual(log.checkpoint());
    expect(log.checkpointCovering(3)).toBeUndefined();
  });
});

describe('append', () => {
  it('gives entries their place, time and signed checkpoint', async () => {
    const log = writer(tempFolder());
    expect(await log.append([draft(0), { kind: 'mission.planned', data: {} }])).toEqual([0, 1]);
    expect([...log.entries()]).toEqual([
      { seq: 0, kind: 'task.settled', at: '2026-01-02T03:04:05.006Z', mission: 'm0', task: 't0', data: { i: 0, text: '' } },
      { seq: 1, kind: 'mission.planned', at: '2026-01-02T03:04:05.006Z', data: {} },
    ]);
    expect(log.size).toBe(2);
    expect(verifyCheckpoint(log.checkpoint()?.note ?? '', signer).size).toBe(2);
  });

  it('hashes the canonical JSON of the entry', async () => {
    const log = writer(tempFolder());
    await log.append([{ kind: 'k', task: 't', data: { b: 1, a: [true, null] } }]);
    const body =
      '{"apiVersion":"agentnexus.dev/v1","at":"2026-01-02T03:04:05.006Z","data":{"a":[true,null],"b":1},"kind":"k","task":"t"}';
    expect(log.leafBody(0).toString()).toBe(body);
    expect(log.checkpoint()?.rootHash).toBe(leafHash(Buffer.from(body)).toString('base64'));
  });

  it('keeps what it was given, whatever happens to it afterwards', async () => {
    const log = writer(tempFolder());
    const data: Record<string, string | undefined> = { a: 'before', b: undefined };
    const pending = log.append([{ kind: 'k', data }]);
    data['a'] = 'after';
    await pending;
    expect(log.entry(0).data).toStrictEqual({ a: 'before' });
  });

  it('commits calls that come together under one checkpoint, each call in its order', async () => {
    const log = writer(tempFolder());
    const answers = await Promise.all([log.append(drafts(3)), log.append([]), log.append(drafts(2, 3))]);
    expect(answers).toEqual([[0, 1, 2], [], [3, 4]]);
    const notes = log.db.all<{ seq: number }>('SELECT seq FROM entry WHERE note IS NOT NULL');
    expect(notes).toEqual([{ seq: 4 }]);
  });

  it('commits calls that come together as one in a chain of lone calls, too', async () => {
    const log = writer(tempFolder());
    await chain(log, 20);
    await Promise.all([log.append(drafts(2)), log.append(drafts(2))]);
    const notes = log.db.all<{ seq: number }>('SELECT seq FROM entry WHERE note IS NOT NULL AND seq >= 20');
    expect(notes).toEqual([{ seq: 23 }]);
  });

  it('spares a chain of lone calls most turns of the event loop, and everything else gets some', async () => {
    const log = writer(tempFolder());
    await chain(log, 16);
    let turns = 0;
    const count = (): void => void (turns++, (next = setImmediate(count)));
    let next = setImmediate(count);
    await chain(log, 160);
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(9);
    expect(turns).toBeLessThan(40);
  });

  it('takes an entry of the largest size and refuses one byte more, alone', async () => {
    const log = writer(tempFolder());
    const fitting = 65_535 - (await bodyLength(log, '')) + 0;
    const [small, big] = await Promise.allSettled([
      log.append([{ kind: 'k', data: { text: 'x'.repeat(fitting) } }]),
      log.append([{ kind: 'k', data: { text: 'x'.repeat(fitting + 1) } }]),
    ]);
    expect(small.status).toBe('fulfilled');
    expect(log.leafBody(1)).toHaveLength(65_535);
    expect(big).toMatchObject({ reason: { code: 'LOG_ENTRY_TOO_LARGE' } });
  });

  it('answers a known dedup key with the place of the entry it stands for', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append([draft(0, { dedup: 'a' })]);
    const again = [draft(9, { dedup: 'a' }), draft(1, { dedup: 'b' }), draft(2, { dedup: 'b' })];
    expect(await log.append(again)).toEqual([0, 1, 1]);
    expect(log.size).toBe(2);
    log.close();
    expect(await writer(dir).append([draft(5, { dedup: 'b' })])).toEqual([1]);
  });

  it('does not mind a clock that goes backwards', async () => {
    const dir = tempFolder();
    let now = clock.now();
    const log = writer(dir, { clock: { now: () => (now -= 3_600_000) } });
    for (let i = 0; i < 3; i++) await log.append([draft(i)]);
    expect([...log.entries()].map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(fsck(dir, { verifier: signer }).faults).toEqual([]);
  });

  it('commits what is queued when closed, and takes no more', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    const pending = log.append(drafts(5));
    log.close();
    expect(await pending).toHaveLength(5);
    await expect(log.append([draft(1)])).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(openLog(dir, { mode: 'read' }).size).toBe(5);
  });
});

describe('a commit that fails', () => {
  it('on a full disk rejects all its calls and leaves the log as it was', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(10));
    const before = log.checkpoint();
    const pages = log.db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    log.db.get(`PRAGMA max_page_count = ${pages + 1}`);
    const lots = drafts(300).map((item) => ({ ...item, data: { text: 'x'.repeat(900) } }));
    const results = await Promise.allSettled([log.append(lots), log.append([draft(1)])]);
    expect(results).toMatchObject([{ reason: { code: 'WORKSPACE_FULL' } }, { reason: { code: 'WORKSPACE_FULL' } }]);
    expect(log.checkpoint()).toEqual(before);

    log.db.get('PRAGMA max_page_count = 1000000');
    await log.append(lots);
    expect(log.size).toBe(310);
    expect(fsck(dir, { verifier: signer })).toMatchObject({ entries: 310, checkpoints: 2, tiles: 1, faults: [] });
  });

  it('in a projection takes the entries back', async () => {
    const dir = tempFolder();
    const picky: Projection = {
      name: 'picky',
      version: 1,
      schema: 'CREATE TABLE picky(seq INTEGER)',
      apply(entries, db) {
        for (const { seq } of entries) db.run('INSERT INTO picky VALUES (?)', seq);
        if (entries.some(({ kind }) => kind === 'bad')) throw new Error('no');
      },
    };
    const log = writer(dir, { projections: [picky] });
    await log.append([draft(0)]);
    await expect(log.append([draft(1), draft(2, { kind: 'bad' })])).rejects.toThrow('no');
    expect([log.size, log.db.all('SELECT seq FROM picky')]).toEqual([1, [{ seq: 0 }]]);
    expect(await log.append([draft(3, { mission: 'm1' })])).toEqual([1]);
    expect([...log.entries({ mission: 'm1' })].map(({ seq }) => seq)).toEqual([1]);
    expect(fsck(dir, { verifier: signer }).faults).toEqual([]);
  });
});

describe('reading', () => {
  it('selects by place, mission, kind and number, across pages', async () => {
    const log = writer(tempFolder());
    await log.append(drafts(1300));
    await log.append([{ kind: 'mission.done', mission: 'm1', data: {} }]);
    const seqs = (query: Parameters<typeof log.entries>[0]) => [...log.entries(query)].map(({ seq }) => seq);
    expect(seqs({})).toEqual(Array.from({ length: 1301 }, (_, i) => i));
    expect(seqs({ from: 3, to: 6 })).toEqual([3, 4, 5]);
    expect(seqs({ mission: 'm1', from: 1290 })).toEqual([1291, 1294, 1297, 1300]);
    expect(seqs({ kinds: ['mission.done', 'nothing'] })).toEqual([1300]);
    expect(seqs({ mission: 'm2', limit: 2 })).toEqual([2, 5]);
    expect(seqs({ limit: 700 })).toHaveLength(700);
    expect(seqs({ kinds: [] })).toEqual([]);
    expect(log.entriesAfter(1298).map(({ seq }) => seq)).toEqual([1299, 1300]);
    expect(log.entriesAfter(-1, 2).map(({ seq }) => seq)).toEqual([0, 1]);
    expect(log.entriesAt([700, 5, 9999])).toEqual([log.entry(5), log.entry(700)]);
    expect(log.entriesAt([])).toEqual([]);
  });

  it('finds a mission wherever its entries stand, and goes on with it while it grows', async () => {
    const log = writer(tempFolder());
    await log.append([draft(0, { mission: 'rare' })]);
    await log.append(drafts(600, 1));
    await log.append([draft(601, { mission: 'rare' })]);
    const found: number[] = [];
    for (const { seq } of log.entries({ mission: 'rare' })) found.push(seq);
    expect(found).toEqual([0, 601]);
    await log.append([draft(602, { mission: 'rare' }), ...drafts(300, 603), draft(903, { mission: 'rare' })]);
    expect([...log.entries({ mission: 'rare', from: 1 })].map(({ seq }) => seq)).toEqual([601, 602, 903]);
    const plan = log.db.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT seq FROM mission_block CROSS JOIN entry ON seq >= block * 256 AND seq < (block + 1) * 256
       WHERE mission_block.mission = 'rare' AND block >= 0 AND seq >= 0 ORDER BY block, seq LIMIT 5`,
    );
    expect(plan.map(({ detail }) => detail).join()).not.toContain('TEMP B-TREE');
  });

  it('finds no entry that is not there', () => {
    expect(() => writer(tempFolder()).entry(0)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('goes on beside a writer, and sees what it commits', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(2));
    const reader = openLog(dir, { mode: 'read', verifier: signer });
    await log.append(drafts(2, 2));
    expect([reader.size, reader.entry(3).task, reader.checkpoint()?.size]).toEqual([4, 't3', 4]);
    expect(() => reader.db.prepare('INSERT INTO projection VALUES (1, 1, 1, 1)').run()).toThrow('readonly');
    reader.close();
  });

  it('needs a workspace', () => {
    const dir = join(tempFolder(), 'none');
    expect(() => openLog(dir, { mode: 'read' })).toThrow(expect.objectContaining({ code: 'WORKSPACE_NOT_FOUND' }));
    expect(existsSync(dir)).toBe(false);
  });

  it('of an empty log finds nothing and no checkpoint', () => {
    const dir = tempFolder();
    writer(dir).close();
    const reader = openLog(dir, { mode: 'read', verifier: signer });
    expect([reader.size, reader.checkpoint(), [...reader.hashTiles()]]).toEqual([0, undefined, []]);
    reader.close();
    expect(fsck(dir).faults).toEqual([]);
  });
});

describe('history', () => {
  it('cannot be changed or deleted, even by the writer', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(300));
    for (const sql of [
      "UPDATE entry SET kind = 'x'",
      'DELETE FROM entry',
      'UPDATE tile SET n = 3',
      'DELETE FROM tile WHERE n = 0',
      'DELETE FROM mission_block',
    ]) {
      expect(() => log.db.prepare(sql).run()).toThrow('append-only');
    }
  });

  it('is durable at every opening', async () => {
    const dir = tempFolder();
    writer(dir).close();
    const log = writer(dir);
    expect(log.db.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
    expect(log.db.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    await log.append([draft(0)]);
    expect(log.size).toBe(1);
  });
});

describe('proofs', () => {
  it('of every entry verify offline, at the last checkpoint and at earlier ones, over several levels of tiles', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(700));
    const old = log.checkpoint();
    await log.append(drafts(66_000, 700));
    for (const seq of [0, 1, 255, 256, 699, 700, 65_535, 65_536, 66_699]) {
      const proof = parseProof(formatProof(log.prove(seq)));
      expect(verifyProof(proof, log.leafBody(seq), signer).size).toBe(66_700);
    }
    expect(verifyProof(log.prove(699, 700), log.leafBody(699), signer).size).toBe(700);
    const claim = { from: 700, to: 66_700, fromRoot: rootOf(old), toRoot: rootOf(log.checkpoint()) };
    expect(verifyConsistency(claim, log.consistency(700, 66_700))).toBe(true);
    log.close();
    const again = writer(dir);
    await again.append(drafts(1));
    expect(verifyProof(again.prove(66_700), again.leafBody(66_700), signer).size).toBe(66_701);
    expect(fsck(dir, { verifier: signer })).toMatchObject({ entries: 66_701, tiles: 261, faults: [] });
  });

  it('are not given for what no checkpoint covers', async () => {
    const log = writer(tempFolder());
    await log.append(drafts(4));
    for (const [seq, size] of [[4], [0, 3], [0, 9]] as const)
      expect(() => log.prove(seq, size)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

it('exports the tiles and bundles of its tree', async () => {
  const log = writer(tempFolder());
  await log.append(drafts(600));
  const leaves = Array.from({ length: 600 }, (_, seq) => leafHash(log.leafBody(seq)));
  expect(new Map([...log.hashTiles()].map(({ path, bytes }) => [path, bytes]))).toEqual(computeTiles(leaves));
  expect([...log.hashTiles(3)].map(({ path }) => path)).toEqual(['tile/0/000.p/3']);
  const bundles = [...log.entryBundles()];
  expect(bundles.map(({ path }) => path)).toEqual(['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/88']);
  const [first] = bundles;
  const length = first?.bytes.readUInt16BE(0) ?? 0;
  expect(first?.bytes.subarray(2, 2 + length)).toEqual(log.leafBody(0));
});

describe('opening', () => {
  it.each([1, 255, 256, 257, 513])('goes on with the tree of %i entries', async (size) => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(size));
    log.close();
    const again = writer(dir);
    await again.append([draft(size)]);
    expect(fsck(dir, { verifier: signer })).toMatchObject({ entries: size + 1, checkpoints: 2, faults: [] });
  });

  it.each([
    ['a body', 'UPDATE entry SET leaf = zeroblob(32) WHERE seq = 4'],
    ['the last entries', 'DELETE FROM entry WHERE seq > 3'],
    ['a checkpoint', 'UPDATE entry SET note = (SELECT note FROM entry WHERE seq = 2) WHERE seq = 4'],
  ])('refuses a log in which %s was changed', async (_what, sql) => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(3));
    await log.append(drafts(2, 3));
    log.close();
    tamper(dir, sql);
    expect(() => writer(dir)).toThrow(expect.objectContaining({ code: 'LOG_CORRUPT' }));
    expect(() => openLog(dir, { mode: 'read' })).toThrow(expect.objectContaining({ code: 'LOG_CORRUPT' }));
  });

  it('refuses to go on with another key', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(3));
    log.close();
    expect(() => writer(dir, { signer: { ...signer, name: 'other.example' } })).toThrow(
      expect.objectContaining({ code: 'KEY_UNUSABLE' }),
    );
    expect(writer(dir).size).toBe(3);
  });
});

/** Appends one entry after another. */
async function chain(log: ReturnType<typeof writer>, length: number): Promise<void> {
  for (const entry of drafts(length)) await log.append([entry]);
}

async function bodyLength(log: ReturnType<typeof writer>, text: string): Promise<number> {
  const [seq = 0] = await log.append([{ kind: 'k', data: { text } }]);
  return log.leafBody(seq).length;
}

function rootOf(checkpoint: { rootHash: string } | undefined): Buffer {
  return Buffer.from(checkpoint?.rootHash ?? '', 'base64');
}

function tamper(dir: string, sql: string): void {
  const db = new Sqlite(join(dir, 'log.db'));
  db.exec(`DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_delete; ${sql}`);
  db.close();
}

describe('redact', () => {
  it('decides what is written down, before it is hashed', async () => {
    const dir = tempFolder();
    const log = writer(dir, { redact: (data) => ({ ...data, reason: 'redacted' }) });
    await log.append([{ kind: 'task.failed', data: { reason: 'the token is canary-0123', attempt: 1 } }]);
    expect(log.entry(0).data).toEqual({ reason: 'redacted', attempt: 1 });
    expect(log.leafBody(0).toString()).not.toContain('canary');
    expect(fsck(dir, { verifier: signer }).faults).toEqual([]);
  });
});
