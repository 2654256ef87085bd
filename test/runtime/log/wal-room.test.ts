import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fsck } from '../../../src/runtime/log/fsck.ts';
import { WalRoom } from '../../../src/runtime/log/wal-room.ts';
import { drafts, signer } from './fixed.ts';
import { tempFolder, withoutRoom, writer } from './log-fixture.ts';

const walOf = (dir: string): string => join(dir, 'log.db-wal');

describe('the room in a WAL', () => {
  it('is zeros behind the frames, which a writer that comes after a kill finds whole', async () => {
    const [dir, copy] = [tempFolder(), tempFolder()];
    const log = writer(dir);
    for (const draft of drafts(20)) await log.append([draft]);
    const wal = readFileSync(walOf(dir));
    expect(wal.length - withoutRoom(wal).length).toBeGreaterThan(100_000);
    for (const name of ['log.db', 'log.db-wal']) copyFileSync(join(dir, name), join(copy, name));
    const after = writer(copy);
    expect([...after.entries()]).toEqual([...log.entries()]);
    await after.append(drafts(20, 20));
    expect(after.size).toBe(40);
    expect(fsck(copy, { verifier: signer }).faults).toEqual([]);
  });

  it('is made before the frames reach its end, until SQLite begins the file anew', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    const page = 'x'.repeat(3000);
    const sizes = new Set<number>();
    for (let i = 0; i < 1500; i++) {
      await log.append([{ kind: 'k', data: { i, page } }]);
      sizes.add(statSync(walOf(dir)).size);
    }
    expect(sizes.size).toBeLessThan(200);
    expect(statSync(walOf(dir)).size).toBeLessThan(5_000_000);
    expect(fsck(dir, { verifier: signer }).faults).toEqual([]);
  });

  it('is done without where none can be made', () => {
    const room = new WalRoom(join(tempFolder(), 'missing.db'));
    expect(() => room.committed()).not.toThrow();
    expect(() => room.close()).not.toThrow();
  });
});
