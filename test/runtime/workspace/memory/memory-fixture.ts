import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../../../../src/base/clock.ts';
import { type Log, openLog } from '../../../../src/runtime/log/log.ts';
import type { Embedder } from '../../../../src/runtime/workspace/memory/embedder.ts';
import type { NewEntry, Trust } from '../../../../src/runtime/workspace/memory/entry.ts';
import { hashEmbedder } from '../../../../src/runtime/workspace/memory/hash-embedder.ts';
import { type Memory, openMemory } from '../../../../src/runtime/workspace/memory/memory.ts';
import { remember } from '../../../../src/runtime/workspace/memory/remember.ts';
import { signer } from '../../log/fixed.ts';

/** Starts in 2026, a second later each time it is asked. */
function steppingClock(): Clock {
  let now = Date.UTC(2026, 0, 1);
  return { now: () => (now += 1000) };
}

/** A workspace with a log, and a memory that is written by its one writer. */
export class MemoryFixture {
  readonly dir = mkdtempSync(join(tmpdir(), 'memory-'));
  readonly clock = steppingClock();
  readonly log: Log = openLog(this.dir, { mode: 'write', clock: this.clock, signer });
  readonly #open: Memory[] = [];

  async open(options: { embedder?: Embedder | undefined; rebuild?: boolean; log?: Log | undefined } = {}): Promise<Memory> {
    const embedder = 'embedder' in options ? options.embedder : hashEmbedder();
    const log = 'log' in options ? options.log : this.log;
    const memory = await openMemory(this.dir, {
      clock: this.clock,
      ...(embedder === undefined ? {} : { embedder }),
      ...(log === undefined ? {} : { log }),
      rebuild: options.rebuild ?? false,
    });
    this.#open.push(memory);
    return memory;
  }

  add(memory: Memory, entry: Partial<NewEntry>, trust: Trust = 'trusted') {
    const whole = { scope: 'project', kind: 'note', text: 'something', provenance: { person: 'ada' }, ...entry };
    return remember(whole, { memory, log: this.log, clock: this.clock }, { trust });
  }

  close(): void {
    for (const memory of this.#open) memory.close();
    this.log.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
