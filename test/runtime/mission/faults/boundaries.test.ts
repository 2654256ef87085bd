import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { Entry } from '../../../../src/runtime/log/entry.ts';
import type { Boundary } from './boundaries.ts';
import { fastFolder } from './fast-folder.ts';
import { accountOf, lost } from './laws.ts';
import { seeded } from './seeded.ts';
import { driveMissions, openIn } from './two-missions.ts';

/** Boundaries to die at, for each mode; all of them, about 300, with `KILLS=300 npm test -- faults`. */
const DEATHS = process.env['KILLS'] === undefined ? 18 : Number.POSITIVE_INFINITY;

/** Milliseconds after which a life counts as stuck. */
const PATIENCE = 20_000;

interface Lived {
  /** Undefined if it died. */
  heads: Record<string, string> | 'hangs' | undefined;
  boundaries: number;
  acknowledged: Entry[];
}

/**
 * One life in this process. When `dies` says so, nothing more reaches log or store, and what waits for them waits for ever: all that a later life sees
 * of it is what was durable by then.
 */
async function live(dir: string, promptly: boolean, dies: (boundary: Boundary) => boolean = () => false): Promise<Lived> {
  const opened = openIn(dir);
  const lived: Lived = { heads: undefined, boundaries: 0, acknowledged: [] };
  const death = Promise.withResolvers<undefined>();
  let dead = false;
  const driving = driveMissions(opened, {
    promptly: () => promptly && !dead,
    at(boundary) {
      lived.boundaries = boundary.number;
      dead ||= dies(boundary);
      if (dead) death.resolve(undefined);
      return dead ? new Promise(() => undefined) : undefined;
    },
    acknowledged: (entries) => lived.acknowledged.push(...entries),
  });
  lived.heads = await Promise.race([driving, death.promise, sleep(PATIENCE, 'hangs' as const, { ref: false })]);
  opened.log.close();
  return lived;
}

describe.each([{ promptly: true }, { promptly: false }])('two missions, approved promptly: $promptly', ({ promptly }) => {
  it('end alike when they die at any boundary of the journal', { timeout: 900_000 }, async () => {
    const calm = fastFolder();
    const undisturbed = await live(calm, promptly);
    const account = accountOf(calm);
    expect(Object.values(undisturbed.heads ?? {}).every((head) => head.startsWith('succeeded sha256:'))).toBe(true);
    expect(account.breaches).toEqual([]);
    expect(account.ended).toMatchObject({
      s0: 1,
      s1: 1,
      s2: 1,
      'troubled r': 2,
      'troubled x': 2,
      'troubled z': 2,
      'troubled m2': 1,
      'troubled m3': 2,
    });
    for (const at of seeded(promptly ? 1 : 2).sample(undisturbed.boundaries, DEATHS)) {
      const dir = fastFolder();
      const first = await live(dir, promptly, ({ number }) => number === at);
      expect(lost(dir, first.acknowledged), `lost at ${at}`).toEqual([]);
      const second = await live(dir, promptly);
      expect(second.heads, `died at ${at}`).toEqual(undisturbed.heads);
      expect(accountOf(dir), `died at ${at}`).toEqual(account);
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
