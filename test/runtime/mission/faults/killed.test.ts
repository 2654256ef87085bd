import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { fastFolder } from './fast-folder.ts';
import { type Account, accountOf, lost } from './laws.ts';
import { seeded } from './seeded.ts';

const ENTRY = join(import.meta.dirname, 'children', 'mission.ts');

/** Kills; more of them with `KILLS=300 npm test -- faults`. */
const KILLS = Number(process.env['KILLS'] ?? 16);

interface Life {
  /** Words after `name` of the lines it said. */
  said(name: string): string[];
  killed: boolean;
}

/** Runs a process of the missions, which kills itself at a boundary, or is killed after some lines and a while. */
async function live(dir: string, death: { boundary?: number; lines?: number; later?: number } = {}): Promise<Life> {
  const { boundary = 0, lines: enough = Number.POSITIVE_INFINITY, later = 0 } = death;
  const child = spawn(process.execPath, [ENTRY, dir, String(boundary)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  let armed = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (armed || text.split('\n').length <= enough) return;
    armed = true;
    setTimeout(() => child.kill('SIGKILL'), later);
  });
  await once(child, 'close');
  // The last line may be cut off; what stands before a newline was said in full.
  const lines = text.split('\n').slice(0, -1);
  return {
    said: (name) => lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1)),
    killed: child.signalCode === 'SIGKILL',
  };
}

const acknowledgedIn = (life: Life): { seq: number; kind: string; task?: string }[] =>
  life.said('acknowledged').map((line) => {
    const [seq, kind = '', task = ''] = line.split(' ');
    return { seq: Number(seq), kind, ...(task === '' ? {} : { task }) };
  });

describe('missions whose process is killed', () => {
  it('lose nothing, repeat nothing, and end alike', { timeout: 60_000 + KILLS * 15_000 }, async () => {
    const calm = fastFolder();
    const undisturbed = await live(calm);
    const account: Account = accountOf(calm);
    const boundaries = undisturbed.said('boundary').length;
    expect(account.breaches).toEqual([]);
    const random = seeded(KILLS);
    let kills = 0;
    while (kills < KILLS) {
      const dir = fastFolder();
      for (let dead = true; dead;) {
        const inside = random.below(2) === 0;
        const death = inside
          ? { boundary: 1 + random.below(boundaries) }
          : { lines: 1 + random.below(boundaries * 2), later: random.below(4) };
        const life = await live(dir, kills < KILLS ? death : {});
        expect(lost(dir, acknowledgedIn(life)), `after kill ${kills}`).toEqual([]);
        dead = life.killed;
        if (dead) kills++;
        else expect(life.said('done'), `after kill ${kills}`).toEqual(undisturbed.said('done'));
      }
      expect(accountOf(dir), `after kill ${kills}`).toEqual(account);
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
