import {
  closeSync,
  cpSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { asWorkspaceError } from '../../../../src/base/durable-file.ts';
import { NexusError } from '../../../../src/base/errors.ts';
import type { Entry } from '../../../../src/runtime/log/entry.ts';
import { fsck } from '../../../../src/runtime/log/fsck.ts';
import { asDatabaseError } from '../../../../src/runtime/log/database-error.ts';
import { withoutRoom } from '../../log/log-fixture.ts';
import type { Boundary } from './boundaries.ts';
import { fastFolder } from './fast-folder.ts';
import { accountOf, lost } from './laws.ts';
import { seeded } from './seeded.ts';
import { driveMissions, openIn, signerIn } from './two-missions.ts';

/** Cases of each kind; more of them with `KILLS=300 npm test -- faults`. */
const CASES = Math.ceil(Number(process.env['KILLS'] ?? 24) / 3);

const coded = (code: string): Error => Object.assign(new Error(code), { code });

/** What the log and the store throw when the system says so. */
const FAILURES: Record<string, Record<Boundary['what'], unknown>> = {
  'is full': {
    append: asDatabaseError(coded('SQLITE_FULL'), 'log.db'),
    put: asWorkspaceError(coded('ENOSPC'), 'cas'),
  },
  fails: {
    append: asDatabaseError(coded('SQLITE_IOERR_WRITE'), 'log.db'),
    put: asWorkspaceError(coded('EIO'), 'cas'),
  },
};

async function once(dir: string, fault: (boundary: Boundary) => void = () => undefined) {
  const opened = openIn(dir);
  const acknowledged: Entry[] = [];
  let boundaries = 0;
  try {
    const heads = await driveMissions(opened, {
      at(boundary) {
        boundaries = boundary.number;
        fault(boundary);
      },
      acknowledged: (entries) => acknowledged.push(...entries),
    });
    return { heads, boundaries, acknowledged };
  } catch (error) {
    return { error, boundaries, acknowledged };
  } finally {
    opened.log.close();
  }
}

describe.each(Object.keys(FAILURES))('a disk that %s', (how) => {
  it.each([{ lasts: true }, { lasts: false }])(
    'stops missions with clear words, and costs nothing (lasts: $lasts)',
    { timeout: 120_000 },
    async ({ lasts }) => {
      const calm = fastFolder();
      const undisturbed = await once(calm);
      const account = accountOf(calm);
      let refused = 0;
      for (const from of seeded(lasts ? 3 : 4).sample(undisturbed.boundaries, CASES)) {
        const dir = fastFolder();
        let failed = false;
        const { error, acknowledged } = await once(dir, ({ number, what, when }) => {
          if (when !== 'before' || number < from || (failed && !lasts)) return;
          failed = true;
          throw FAILURES[how]?.[what];
        });
        // The last boundaries of the calm run need not be reached in another order of ends.
        if (!failed) continue;
        refused++;
        expect(error, `at ${from}`).toBeInstanceOf(NexusError);
        expect(error).toMatchObject({ code: how === 'is full' ? 'WORKSPACE_FULL' : 'WORKSPACE_UNWRITABLE' });
        expect(lost(dir, acknowledged)).toEqual([]);
        expect((await once(dir)).heads, `at ${from}`).toEqual(undisturbed.heads);
        expect(accountOf(dir), `at ${from}`).toEqual(account);
        rmSync(dir, { recursive: true, force: true });
      }
      expect(refused).toBeGreaterThan(0);
    },
  );
});

/** A workspace that was closed after both missions; the process after that died, and left the last entries in the WAL. */
async function killedWorkspace(): Promise<{ dir: string; entries: Entry[] }> {
  const [dir, copy] = [fastFolder(), fastFolder()];
  await once(dir);
  const { log } = openIn(dir);
  for (let at = 0; at < 40; at++) await log.append([{ kind: 'note', data: { at } }]);
  const entries = [...log.entries()];
  cpSync(dir, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') && !/lock\.(?:db|json)$/.test(path) });
  log.close();
  const wal = join(copy, 'log.db-wal');
  writeFileSync(wal, withoutRoom(readFileSync(wal)));
  return { dir: copy, entries };
}

function truncateAt(path: string, share: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, Math.floor(fstatSync(file).size * share));
  closeSync(file);
}

function flipAt(path: string, share: number): void {
  const file = openSync(path, 'r+');
  const at = Math.floor(fstatSync(file).size * share);
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8() ^ 0x5a);
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

function entriesIn(dir: string): Entry[] {
  const { log } = openIn(dir);
  try {
    return [...log.entries()];
  } finally {
    log.close();
  }
}

const DAMAGES: { file: string; how: string; damage: (path: string, share: number) => void }[] = [
  { file: 'log.db-wal', how: 'is cut off', damage: truncateAt },
  { file: 'log.db-wal', how: 'has another byte', damage: flipAt },
  { file: 'log.db', how: 'is cut off', damage: truncateAt },
];

describe('a log whose end is torn', () => {
  it.each(DAMAGES)(
    '$file $how: opens with what is there, or is refused and left alone',
    { timeout: 120_000 },
    async ({ file, damage }) => {
      const whole = await killedWorkspace();
      const random = seeded(file.length);
      for (let at = 0; at < CASES * 2; at++) {
        const dir = fastFolder();
        cpSync(whole.dir, dir, { recursive: true });
        const share = at === 0 ? 0 : random.below(10_000) / 10_000;
        damage(join(dir, file), share);
        const bytes = (): string[] => ['log.db', 'log.db-wal'].map((name) => readFileSync(join(dir, name)).toString('base64'));
        const before = bytes();
        try {
          const left = entriesIn(dir);
          expect(left, `share ${share}`).toEqual(whole.entries.slice(0, left.length));
          expect(fsck(dir, { verifier: signerIn(dir) }).faults).toEqual([]);
          // What a mission has lost it does again.
          if (at < 3)
            expect(Object.values((await once(dir)).heads ?? {}).every((head) => head.startsWith('succeeded'))).toBe(true);
        } catch (error) {
          if (!(error instanceof NexusError)) throw error;
          expect(['WORKSPACE_CORRUPT', 'LOG_CORRUPT']).toContain(error.code);
          expect(bytes(), `share ${share}`).toEqual(before);
        }
        rmSync(dir, { recursive: true, force: true });
      }
    },
  );
});
