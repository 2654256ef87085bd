import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { verifyCheckpoint } from '../../../../src/runtime/log/checkpoint.ts';
import { parseWitnessKey } from '../../../../src/runtime/log/cosignature.ts';
import { openKeyFile } from '../../../../src/runtime/log/key-file.ts';
import { type Log, openLog } from '../../../../src/runtime/log/log.ts';
import { leafHash, merkleRoot } from '../../../../src/runtime/log/merkle.ts';
import { type NoteSigner, noteSigner } from '../../../../src/runtime/log/signed-note.ts';
import { askWitness } from '../../../../src/runtime/vault/ledger/ask-witness.ts';
import { publishLog } from '../../../../src/runtime/vault/ledger/publish-log.ts';
import { folderPlace } from '../../../../src/runtime/vault/promote/folder-place.ts';
import type { ObjectPlace } from '../../../../src/runtime/vault/promote/object-place.ts';
import { FakeWitness } from './fake-witness.ts';

let dir: string;
let signer: NoteSigner;
let log: Log;
const open = (at: string, published?: string): Log =>
  openLog(join(dir, at), { mode: 'write', clock: { now: () => 0 }, signer, published });
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'publish-'));
  signer = noteSigner('log.example', openKeyFile(join(dir, 'log.key'), 'ed25519'));
  log = open('log');
});
afterEach(() => {
  log.close();
  rmSync(dir, { recursive: true, force: true });
});

let serial = 0;
const grow = (count: number, to = log) =>
  to.append(Array.from({ length: count }, () => ({ kind: 'test', data: { serial: serial++ } })));

const target = () => join(dir, 'public');
const publish = (place: ObjectPlace = folderPlace(target()), from = log) => publishLog(from, place, { verifier: signer });

/** Reads the published files alone, as a stranger does: the entries must be the tree that the checkpoint signs. */
function audit(): number {
  const note = readFileSync(join(target(), 'checkpoint'), 'utf8');
  const { size, root } = verifyCheckpoint(note, signer);
  const leaves: Buffer[] = [];
  for (let n = 0; leaves.length < size; n++) {
    const width = Math.min(256, size - n * 256);
    const name = `${String(n).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`;
    const bytes = readFileSync(join(target(), 'tile', 'entries', name));
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
      leaves.push(leafHash(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at))));
    }
    const tile = readFileSync(join(target(), 'tile', '0', name));
    expect(tile.equals(Buffer.concat(leaves.slice(n * 256)))).toBe(true);
  }
  expect(leaves).toHaveLength(size);
  expect(merkleRoot(leaves).equals(root)).toBe(true);
  return size;
}

function tiles(): Map<string, string> {
  const names = readdirSync(join(target(), 'tile'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(target(), 'tile', name),
  );
  return new Map(names.filter((path) => statSync(path).isFile()).map((path) => [path, readFileSync(path, 'base64')]));
}

describe('publishing a log', () => {
  it('leaves a tree that strangers can compute, at each size, and never changes a tile', async () => {
    let before = new Map<string, string>();
    let size = 0;
    for (const count of [1, 1, 253, 1, 1, 300, 256]) {
      await grow(count);
      const publication = await publish();
      expect(publication).toMatchObject({ before: size, size: size + count });
      size += count;
      expect(audit()).toBe(size);
      const after = tiles();
      for (const [path, bytes] of before) expect(after.get(path)).toBe(bytes);
      before = after;
    }
    expect(await publish()).toMatchObject({ before: size, size, files: 0 });
  });

  it('is finished by the next run wherever it was cut off, and a reader always finds what the checkpoint stands for', async () => {
    await grow(5);
    await publish();
    await grow(600);
    for (let cut = 0; ; cut++) {
      const place = folderPlace(target());
      let left = cut;
      const dying: ObjectPlace = {
        ...place,
        async put(...args) {
          if (left-- === 0) throw new Error('killed');
          return place.put(...args);
        },
      };
      const done = await publish(dying).then(
        () => true,
        () => false,
      );
      expect(audit()).toBe(done ? 605 : 5);
      if (done) break;
    }
  });

  it('refuses to follow what it has not published itself: more entries, others, another key, a changed tile', async () => {
    await grow(5);
    log.close();
    cpSync(join(dir, 'log'), join(dir, 'backup'), { recursive: true });
    log = open('log');
    await grow(3);
    await publish();
    const restored = open('backup');
    await expect(publish(undefined, restored)).rejects.toMatchObject({ code: 'LOG_BEHIND' });
    await grow(10, restored);
    await expect(publish(undefined, restored)).rejects.toMatchObject({ code: 'LOG_BEHIND' });
    restored.close();
    const other = noteSigner('other.example', openKeyFile(join(dir, 'other.key'), 'ed25519'));
    await expect(publishLog(log, folderPlace(target()), { verifier: other })).rejects.toMatchObject({ code: 'VERIFY_FAILED' });
    const place = folderPlace(target());
    await grow(1);
    await place.put('tile/0/000.p/9', Buffer.from('else'), 'sha256:00');
    await expect(publish()).rejects.toMatchObject({ code: 'PROMOTION_CONFLICT' });
  });
});

describe('a log that was restored from a backup', () => {
  it('is refused before anything is signed, whether it is shorter, another, or gone', async () => {
    await grow(5);
    log.close();
    cpSync(join(dir, 'log'), join(dir, 'backup'), { recursive: true });
    log = open('log');
    await grow(3);
    const { note } = await publish();
    expect(() => open('backup', note)).toThrow(expect.objectContaining({ code: 'LOG_BEHIND' }));
    expect(() => open('nowhere', note)).toThrow(expect.objectContaining({ code: 'LOG_BEHIND' }));
    const fork = open('backup');
    await grow(7, fork);
    fork.close();
    expect(() => open('backup', note)).toThrow(expect.objectContaining({ code: 'LOG_BEHIND' }));
    log.close();
    log = open('log', note);
    await grow(1);
    expect(log.size).toBe(9);
  });
});

describe('a witness', () => {
  let witness: FakeWitness;
  beforeEach(async () => void (witness = await FakeWitness.start(signer)));
  afterEach(() => witness.stop());
  const ask = (from = log, url = witness.url) =>
    askWitness(from, from.checkpoint()?.note ?? '', { url, key: parseWitnessKey(witness.vkey) });

  it('signs the first head, and each that goes on from it', async () => {
    await grow(3);
    expect(await ask()).toMatchObject({ witness: 'witness.example', at: '2023-11-14T22:13:20.000Z' });
    await grow(300);
    await ask();
    await ask();
    expect(witness.seen.size).toBe(303);
    const { line } = await ask();
    const place = folderPlace(target());
    const { note } = await publishLog(log, place, { verifier: signer, cosign: async () => [line] });
    expect(note.split('\n').filter((each) => each.startsWith('— '))).toHaveLength(2);
    // What was published with it is read back by the next run.
    await grow(1);
    expect(await publish()).toMatchObject({ before: 303, size: 304 });
  });

  it('refuses a fork, and a log that is behind', async () => {
    await grow(3);
    log.close();
    cpSync(join(dir, 'log'), join(dir, 'backup'), { recursive: true });
    log = open('log');
    await grow(3);
    await ask();
    const fork = open('backup');
    await expect(ask(fork)).rejects.toMatchObject({ code: 'WITNESS_REFUSED' });
    await grow(9, fork);
    await expect(ask(fork)).rejects.toMatchObject({ code: 'WITNESS_REFUSED', message: expect.stringContaining('422') });
    fork.close();
  });

  it('that signs something else, or cannot be reached, is none', async () => {
    await grow(3);
    witness.lies = true;
    await expect(ask()).rejects.toMatchObject({ code: 'WITNESS_REFUSED' });
    const { url } = witness;
    witness.stop();
    await expect(ask(log, url)).rejects.toMatchObject({ code: 'WITNESS_REFUSED' });
  });

  it.each(['', 'x', 'witness.example+00000000+BAAA', 'log+00000000+AQAA'])('has no key %j', (text) => {
    expect(() => parseWitnessKey(text)).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
  });
});
