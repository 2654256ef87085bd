import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import Sqlite from 'better-sqlite3';

import { type Clock, timestamp } from '../../base/clock.ts';
import { asWorkspaceError } from '../../base/durable-file.ts';
import { NexusError, systemCode } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import { asDatabaseError } from './database-error.ts';

/** The right to write to a workspace; the system takes it back when the process ends, however it ends. */
export interface WriterLock {
  release(): void;
}

/** Who holds the lock: only for messages, never trusted. */
export interface LockHolder {
  pid: number;
  /** RFC 3339. */
  startedAt: string;
  command: string;
}

/**
 * Takes the writer lock of the workspace in `dir`: SQLite's exclusive lock on an empty `lock.db`. It belongs to the process, so neither
 * `kill -9` nor a reused pid can leave it behind. Throws `WORKSPACE_LOCKED` with the holder's pid.
 */
export function lockWorkspace(dir: string, clock: Clock): WriterLock {
  const path = join(dir, 'lock.db');
  const holder = join(dir, 'lock.json');
  const connection = exclusiveConnection(dir, path);
  nameHolder(holder, clock);
  return {
    release() {
      if (!connection.open) return;
      rmSync(holder, { force: true });
      connection.close();
    },
  };
}

function nameHolder(path: string, clock: Clock): void {
  try {
    writeFileSync(path, `${JSON.stringify(thisProcess(clock))}\n`);
  } catch {
    // The lock holds without its name; a full disk is reported by who has something to lose there.
  }
}

function exclusiveConnection(dir: string, path: string): Sqlite.Database {
  let connection: Sqlite.Database | undefined;
  try {
    mkdirSync(dir, { recursive: true });
    // Never open lock.db by other means in this process: closing it would drop the lock (POSIX).
    connection = new Sqlite(path, { timeout: 0 });
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection?.close();
    if (systemCode(error)?.startsWith('SQLITE_BUSY')) throw locked(dir, path);
    throw asWorkspaceError(asDatabaseError(error, path), path);
  }
}

function locked(dir: string, path: string): NexusError {
  const holder = awaitHolder(dir);
  const who = holder === undefined ? 'Another process' : `Process ${holder.pid} (${holder.command}, since ${holder.startedAt})`;
  return new NexusError('WORKSPACE_LOCKED', `${who} is writing to the workspace ${dir}.`, {
    hint: 'Wait for it to end or stop it; reading commands work meanwhile.',
    details: { path, ...holder },
  });
}

/** A new holder writes its name just after it has the lock, so that name is given some time to come. */
function awaitHolder(dir: string): LockHolder | undefined {
  for (let attempt = 0; attempt < 10; attempt++) {
    const holder = readLockHolder(dir);
    if (holder !== undefined) return holder;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  return undefined;
}

/** The living process that says it holds the lock of the workspace in `dir`. */
export function readLockHolder(dir: string): LockHolder | undefined {
  const holder = holderIn(join(dir, 'lock.json'));
  return holder !== undefined && isAlive(holder.pid) ? holder : undefined;
}

/** Whether some process holds the lock: asks the system, where `readLockHolder` asks a file. */
export function isWriting(dir: string): boolean {
  let connection: Sqlite.Database | undefined;
  try {
    connection = new Sqlite(join(dir, 'lock.db'), { readonly: true, fileMustExist: true, timeout: 0 });
    connection.prepare('SELECT 1 FROM sqlite_master').all();
    return false;
  } catch (error) {
    return systemCode(error)?.startsWith('SQLITE_BUSY') === true;
  } finally {
    connection?.close();
  }
}

function holderIn(path: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isJsonObject(value)) return undefined;
    const { pid, startedAt, command } = value;
    if (typeof pid !== 'number' || typeof startedAt !== 'string' || typeof command !== 'string') return undefined;
    return { pid, startedAt, command };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Program and command word only: other arguments may hold what must not be written down. */
function thisProcess(clock: Clock): LockHolder {
  const [, program = 'node', command = ''] = process.argv;
  return { pid: process.pid, startedAt: timestamp(clock), command: `${basename(program)} ${command}`.trim() };
}
