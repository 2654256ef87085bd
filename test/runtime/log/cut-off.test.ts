import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { NexusError } from '../../../src/base/errors.ts';
import type { Entry } from '../../../src/runtime/log/entry.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { type Log, openLog } from '../../../src/runtime/log/log.ts';
import { clock, drafts, signer } from './fixed.ts';
import { tempFolder, withoutRoom } from './log-fixture.ts';

const open = (dir: string): Log => openLog(dir, { mode: 'write', clock, signer });

interface Killed {
  /** `log.db` before its writer moved anything into it. */
  before: Buffer;
  /** `log.db` after its writer moved all pages. */
  after: Buffer;
  wal: Buffer;
  entries: Entry[];
}

/** A writer appended this many entries at a time, and then died. */
async function killed(batches: readonly number[]): Promise<Killed> {
  const dir = tempFolder();
  const first = open(dir);
  await first.append(drafts(100));
  first.close();
  const log = open(dir);
  for (const count of batches) await log.append(drafts(count));
  const [before, wal] = [readFileSync(join(dir, 'log.db')), withoutRoom(readFileSync(join(dir, 'log.db-wal')))];
  const entries = [...log.entries()];
  log.close();
  expect(existsSync(join(dir, 'log.db-wal'))).toBe(false);
  return { before, after: readFileSync(join(dir, 'log.db')), wal, entries };
}

function folderOf(database: Buffer, wal?: Buffer): string {
  const dir = tempFolder();
  writeFileSync(join(dir, 'log.db'), database);
  if (wal !== undefined) writeFileSync(join(dir, 'log.db-wal'), wal);
  return dir;
}

function entriesIn(dir: string): Entry[] {
  const log = open(dir);
  try {
    return [...log.entries()];
  } finally {
    log.close();
  }
}

/** A reader leaves an empty WAL where there was none. */
const bytesIn = (dir: string): Buffer[] =>
  ['log.db', 'log.db-wal']
    .map((name) => join(dir, name))
    .map((path) => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0)));

/** What fsck says first; it may not be able to open the file. */
function fsckOf(dir: string): string | undefined {
  try {
    return fsck(dir).faults[0]?.code;
  } catch (error) {
    return (error as NexusError).code;
  }
}

/** The database is not taken for whole, neither by a writer nor by fsck, and nobody has changed it. */
function isRefused(dir: string): boolean {
  const bytes = bytesIn(dir);
  const damaged = ['DATABASE_DAMAGED', 'WORKSPACE_CORRUPT'].includes(fsckOf(dir) ?? '');
  expect(() => entriesIn(dir)).toThrow(expect.objectContaining({ code: 'WORKSPACE_CORRUPT' }));
  return damaged && bytesIn(dir).every((file, i) => file.equals(bytes[i] as Buffer));
}

/** Sizes of a file of these lengths: mostly near the end, where little is lost. */
const sizeBetween = (least: number, most: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: least, max: most }), fc.integer({ min: Math.max(least, most - 5000), max: most }));

describe('a log.db that ends too early', () => {
  it('has lost nothing where its writer died while it moved pages from the WAL, wherever the file ends', async () => {
    const { before, after, wal, entries } = await killed([1, 50, 400, 3]);
    expect(after.length).toBeGreaterThan(before.length + 3 * 4096);
    fc.assert(
      fc.property(sizeBetween(before.length, after.length), (size) => {
        const dir = folderOf(after.subarray(0, size), wal);
        expect(fsck(dir, { verifier: signer }).faults).toEqual([]);
        expect(entriesIn(dir)).toEqual(entries);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused and left alone where a page that it lacks is not in the WAL', async () => {
    const { before, after, wal } = await killed([2]);
    // The last pages of the file before were not written again.
    for (const lost of [1, 13, 700, 4095, 4096, 9000]) {
      expect(isRefused(folderOf(before.subarray(0, before.length - lost)))).toBe(true);
      expect(isRefused(folderOf(after.subarray(0, after.length - lost)))).toBe(true);
    }
    expect(isRefused(folderOf(before.subarray(0, 6000), wal))).toBe(true);
  });

  it('is read as far as the WAL is whole, or refused', async () => {
    const { after, before, wal, entries } = await killed([1, 50, 400, 3]);
    fc.assert(
      fc.property(
        sizeBetween(before.length, after.length - 1),
        fc.integer({ min: 0, max: wal.length - 1 }),
        fc.boolean(),
        (size, at, flips) => {
          const torn = flips ? Buffer.from(wal) : wal.subarray(0, at);
          if (flips) torn.writeUInt8(torn.readUInt8(at) ^ 0x10, at);
          const dir = folderOf(after.subarray(0, size), torn);
          const bytes = bytesIn(dir);
          try {
            const left = entriesIn(dir);
            expect(left).toEqual(entries.slice(0, left.length));
          } catch (error) {
            expect(['WORKSPACE_CORRUPT', 'LOG_CORRUPT']).toContain((error as NexusError).code);
            expect(bytesIn(dir)).toEqual(bytes);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
