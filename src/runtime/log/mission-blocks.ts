import type { LogDatabase } from './database.ts';

/** Entries in a block. */
export const BLOCK = 256;

const ADD = 'INSERT OR IGNORE INTO mission_block(mission, block) VALUES (?, ?)';

/** Keeps the index of missions: in which blocks each has entries. A mission costs one more row for each block it writes in. */
export class MissionBlocks {
  readonly #db: LogDatabase;
  #block = -1;
  /** Missions that are known to be on record for the block. */
  readonly #missions = new Set<string>();

  constructor(db: LogDatabase) {
    this.#db = db;
  }

  has(mission: string | undefined, seq: number): boolean {
    return mission === undefined || (blockOf(seq) === this.#block && this.#missions.has(mission));
  }

  /** In the transaction that appends the entry. */
  add(mission: string | undefined, seq: number): void {
    if (mission === undefined || this.has(mission, seq)) return;
    this.#db.run(ADD, mission, blockOf(seq));
    if (blockOf(seq) !== this.#block) this.#missions.clear();
    this.#block = blockOf(seq);
    this.#missions.add(mission);
  }

  /** After a transaction that was taken back: what it had recorded is not on record. */
  forget(): void {
    this.#block = -1;
    this.#missions.clear();
  }
}

export function blockOf(seq: number): number {
  return Math.floor(seq / BLOCK);
}
