import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

/** Zeros that are written at once: room for sixty pages. */
const ROOM = Buffer.alloc(256 * 1024);

/** Bytes of a file that needs no more: SQLite begins it anew whenever a thousand pages of 4 KiB, with their headers, are in it. */
const ENOUGH = 1000 * 4120;

/** Commits from one look at the file to the next: a file whose times were asked for takes longer to sync, too. */
const EACH = 8;

/**
 * Keeps room at the end of the WAL file of an open database. To sync what a file had room for takes half the time, as its length need not
 * become durable with it; PostgreSQL fills its WAL files with zeros for that (`wal_init_zero`). SQLite reads up to the first frame whose salts are not
 * right. What is written is appended (`O_APPEND`): no frame is ever written over, whoever else writes.
 */
export class WalRoom {
  readonly #path: string;
  #file: number | undefined;
  /** Bytes that the file had when it last became longer. */
  #length = 0;
  #commits = 0;
  #closed = false;

  constructor(database: string) {
    this.#path = `${database}-wal`;
  }

  /** After a commit. Where no room can be made, on a full disk say, syncs take longer and nothing else changes. */
  committed(): void {
    if (this.#closed || this.#commits++ % EACH > 0) return;
    try {
      this.#append();
    } catch {
      this.close();
    }
  }

  #append(): void {
    this.#file ??= openSync(this.#path, constants.O_WRONLY | constants.O_APPEND);
    const { size } = fstatSync(this.#file);
    if (size > this.#length) this.#length = size + writeSync(this.#file, ROOM);
    if (this.#length >= ENOUGH) this.close();
  }

  close(): void {
    this.#closed = true;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
