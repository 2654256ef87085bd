import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { clock, drafts, signer } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

/** A workspace of 500 entries, not open. */
async function workspace(): Promise<string> {
  const dir = tempFolder();
  const log = writer(dir);
  await log.append(drafts(500));
  log.close();
  return dir;
}

describe('a damaged log.db', () => {
  it.each([
    ['truncated in the middle', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['truncated by a page', (path: string) => truncateSync(path, statSync(path).size - 4096)],
    ['truncated to its header', (path: string) => truncateSync(path, 100)],
    ['truncated to nothing', (path: string) => truncateSync(path, 0)],
    ['text', (path: string) => writeFileSync(path, 'not a database, but rather long text\n'.repeat(500))],
    ['zeros', (path: string) => writeFileSync(path, Buffer.alloc(100_000))],
    [
      'garbage behind a good header',
      (path: string) =>
        writeFileSync(
          path,
          Buffer.concat([readFileSync(path).subarray(0, 4096), Buffer.alloc(statSync(path).size - 4096, 0xa5)]),
        ),
    ],
  ])('(%s) is refused with a hint and left as it is', async (_what, damage) => {
    const dir = await workspace();
    const path = join(dir, 'log.db');
    damage(path);
    const bytes = readFileSync(path);
    for (const open of [() => writer(dir), () => openLog(dir, { mode: 'read' })]) {
      const error = thrownBy(open);
      expect(error.code).toBe('WORKSPACE_CORRUPT');
      expect(error.hint).toMatch(/backup/);
      expect(error.message).toContain(path);
    }
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('that fails further inside is a fault of fsck, not a crash', async () => {
    const dir = await workspace();
    const path = join(dir, 'log.db');
    const bytes = readFileSync(path);
    const inside = 4096 * Math.floor(bytes.length / 4096 / 2);
    writeFileSync(path, bytes.fill(0xa5, inside, inside + 4096));
    const { faults } = fsck(dir, { verifier: signer });
    expect(faults).toContainEqual(expect.objectContaining({ subject: 'database', code: 'DATABASE_DAMAGED' }));
  });
});

function readAsWriter(dir: string): number {
  const log = openLog(dir, { mode: 'write', clock, signer });
  try {
    return [...log.entries()].length;
  } finally {
    log.close();
  }
}

it('with other bytes anywhere is read, or refused with a word of ours, by fsck and by a writer', async () => {
  const dir = await workspace();
  const path = join(dir, 'log.db');
  const whole = readFileSync(path);
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(
      fc.nat(whole.length - 64),
      fc.oneof(
        bytes,
        bytes.map((some) => some.fill(0)),
      ),
      (at, some) => {
        const damaged = Buffer.from(whole);
        damaged.set(some, at);
        writeFileSync(path, damaged);
        for (const reads of [() => fsck(dir, { verifier: signer }), () => readAsWriter(dir)]) {
          try {
            reads();
          } catch (error) {
            expect(error).toBeInstanceOf(NexusError);
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});

it('with an entry far behind all others is refused at once', async () => {
  const dir = await workspace();
  change(dir, 'DROP TRIGGER entry_no_update; UPDATE entry SET seq = 1 << 60, note = NULL WHERE seq = 499');
  for (const open of [() => writer(dir), () => openLog(dir, { mode: 'read' })])
    expect(thrownBy(open)).toMatchObject({ code: 'LOG_CORRUPT' });
});

it('that was emptied does not take with it what is left beside it', async () => {
  const dir = await workspace();
  truncateSync(join(dir, 'log.db'), 0);
  writeFileSync(join(dir, 'log.db-wal'), 'what is left');
  expect(thrownBy(() => writer(dir))).toMatchObject({ code: 'WORKSPACE_CORRUPT' });
  expect(readFileSync(join(dir, 'log.db-wal'), 'utf8')).toBe('what is left');
});

describe('a log.db that is not for us', () => {
  it('of a newer version is refused and left as it is', async () => {
    const dir = await workspace();
    change(dir, 'PRAGMA user_version = 99');
    const bytes = readFileSync(join(dir, 'log.db'));
    for (const open of [() => writer(dir), () => openLog(dir, { mode: 'read' })]) {
      expect(thrownBy(open)).toMatchObject({ code: 'WORKSPACE_NEWER', details: { version: 99, supported: 2 } });
    }
    expect(readFileSync(join(dir, 'log.db')).equals(bytes)).toBe(true);
  });

  it('of another program is refused', async () => {
    const dir = await workspace();
    change(dir, 'PRAGMA application_id = 7');
    expect(thrownBy(() => writer(dir))).toMatchObject({ code: 'WORKSPACE_CORRUPT' });
  });
});

const isRoot = process.getuid?.() === 0;

it.skipIf(process.platform === 'win32' || (isRoot && !isPublic(import.meta.dirname)))(
  'can be read where nothing can be written',
  async () => {
    const dir = await workspace();
    chmodSync(join(dir, 'log.db'), 0o444);
    chmodSync(dir, 0o555);
    try {
      // Root may write anywhere, so the reader must be somebody else.
      const options = { cwd: dir, ...(isRoot && { uid: 65_534, gid: 65_534 }) };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(import.meta.dirname, 'children/read.ts'), dir],
        options,
      );
      expect(stdout).toBe('500 entries, t499 last, 0 faults\n');
      expect(readdirSync(dir).toSorted()).toEqual(['lock.db', 'log.db']);
    } finally {
      chmodSync(dir, 0o755);
    }
  },
);

/** Can anyone read in this folder? */
function isPublic(folder: string): boolean {
  const parent = dirname(folder);
  return (statSync(folder).mode & 0o005) === 0o005 && (parent === folder || isPublic(parent));
}

it('is made whole: what a crash left of an earlier attempt is no obstacle', async () => {
  const dir = tempFolder();
  writeFileSync(join(dir, 'log.db.new'), 'half a database');
  const log = writer(dir);
  await log.append(drafts(1));
  expect(log.size).toBe(1);
});

it('refuses a workspace folder that is a file, or below one', () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  expect(thrownBy(() => writer(file))).toMatchObject({ code: 'WORKSPACE_UNWRITABLE' });
  expect(thrownBy(() => writer(join(file, 'below')))).toMatchObject({ code: 'WORKSPACE_UNWRITABLE' });
});

it('undoes what failed inside a transaction, and only that', async () => {
  const dir = tempFolder();
  const log = writer(dir);
  await log.append(drafts(2));
  expect(() => log.db.transaction(() => log.db.transaction(() => 1))).toThrow('within a transaction');
  expect(log.db.transaction(() => log.db.get('SELECT count(*) AS n FROM entry'))).toEqual({ n: 2 });
});

function change(dir: string, sql: string): void {
  const db = new Sqlite(join(dir, 'log.db'));
  db.exec(sql);
  db.close();
}

function thrownBy(work: () => unknown): NexusError {
  try {
    work();
  } catch (error) {
    return error as NexusError;
  }
  throw new Error('it did not throw');
}
