import { describe, expect, it } from 'vitest';

import { canonicalJson, type JsonObject } from '../../../src/base/json.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { decodeLeaf, encodeLeaf } from '../../../src/runtime/log/leaf.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { verifyProof } from '../../../src/runtime/log/proof.ts';
import { tilePath } from '../../../src/runtime/log/tiles.ts';
import { draft, drafts, signer } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

const spec = (n: number): JsonObject => ({ hashedRekordV002: { data: { algorithm: 'SHA2_256', digest: String(n) } } });
const record = (n: number): EntryDraft => ({ kind: 'hashedrekord', data: spec(n), dedup: `record ${n}` });
const AT = '2026-01-02T03:04:05.678Z';

describe('a record of Rekor in the log', () => {
  it('has the leaf that Rekor has, byte for byte', () => {
    const { body } = encodeLeaf(record(1), AT);
    expect(body.toString()).toBe(canonicalJson({ apiVersion: '0.0.2', kind: 'hashedrekord', spec: spec(1) }));
    expect(decodeLeaf(4, body)).toEqual({ seq: 4, kind: 'hashedrekord', at: '', data: spec(1) });
  });

  it.each([
    { apiVersion: '0.0.2', kind: 'dsse', spec: {} },
    { apiVersion: '0.0.2', kind: 'hashedrekord', spec: {}, at: AT },
    { apiVersion: '0.0.2', kind: 'hashedrekord' },
    { apiVersion: 'agentnexus.dev/v1', kind: 'hashedrekord', at: AT, data: {} },
  ])('is nothing else: %j', (leaf) => {
    expect(() => decodeLeaf(0, Buffer.from(JSON.stringify(leaf)))).toThrow(expect.objectContaining({ code: 'LOG_CORRUPT' }));
  });

  it('came with the entry before it, is proven like any other, and survives fsck and opening again', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append([draft(0), record(1), record(2)]);
    expect(await log.append([draft(3), record(1)])).toEqual([3, 1]);
    const { at } = log.entry(0);
    expect([...log.entries()].map((entry) => [entry.seq, entry.at === at])).toEqual([0, 1, 2, 3].map((seq) => [seq, true]));
    expect(verifyProof(log.prove(2), log.leafBody(2), signer)).toMatchObject({ size: 4 });
    log.close();
    expect(fsck(dir, { verifier: signer })).toMatchObject({ entries: 4, faults: [] });
    const again = openLog(dir, { mode: 'read', verifier: signer });
    expect(again.entryWithKey('record 2')).toMatchObject({ seq: 2, at });
    again.close();
  });

  it('is not taken without an entry before it that says when', async () => {
    const log = writer(tempFolder());
    await expect(log.append([record(1)])).rejects.toThrow('says no time');
    expect(log.size).toBe(0);
  });
});

describe('one file of the log', () => {
  it('is the one that is published under its path, and nothing that is not whole yet', async () => {
    const log = writer(tempFolder());
    await log.append(drafts(600));
    for (const files of [log.hashTiles(600), log.entryBundles(600)]) {
      for (const { path, bytes } of files) expect(log.tileFile(path)?.equals(bytes), path).toBe(true);
    }
    expect(log.tileFile(tilePath({ level: 0, n: 2, width: 10 }))).toHaveLength(320);
    for (const path of [
      'tile/0/003',
      'tile/0/002',
      'tile/0/002.p/89',
      'tile/0/000.p/256',
      'tile/1/000',
      'tile/entries/002',
      'tile/entries/002.p/89',
      'tile/entries/2',
      'tile/x/000',
      'tile/0/../000',
      'checkpoint',
    ]) {
      expect(log.tileFile(path), path).toBeUndefined();
    }
  });
});
