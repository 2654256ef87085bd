import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fsck } from '../../../src/runtime/log/fsck.ts';

const ENTRY = fileURLToPath(new URL('killed-mission-entry.ts', import.meta.url));

/** Kills; more of them with `KILLS=300 npm test -- killed-mission`. */
const KILLS = Number(process.env['KILLS'] ?? 24);

interface Life {
  lines: string[];
  killed: boolean;
}

/** Runs the mission's process until it ends, or is killed when `shouldDie` says so of a line it printed. */
async function live(dir: string, shouldDie: (line: number) => boolean): Promise<Life> {
  const child = spawn(process.execPath, [ENTRY, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const life: Life = { lines: [], killed: false };
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split('\n');
    rest = parts.pop() ?? '';
    life.lines.push(...parts);
    if (!life.killed && shouldDie(life.lines.length)) {
      life.killed = true;
      child.kill('SIGKILL');
    }
  });
  await once(child, 'close');
  return life;
}

const told = (life: Life, word: string): string[] =>
  life.lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

describe('a mission that is killed', () => {
  let undisturbed: string;
  const dirs: string[] = [];
  const workspace = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'killed-'));
    dirs.push(dir);
    return dir;
  };

  beforeAll(async () => {
    undisturbed = told(await live(workspace(), () => false), 'done')[0] ?? '';
  });
  afterAll(() => {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  });

  it(
    'finishes when it is run again, repeats nothing that had settled, and ends in the same tree',
    async () => {
      expect(undisturbed).toMatch(/^succeeded sha256:/);
      for (let kills = 0, seed = 1; kills < KILLS;) {
        const dir = workspace();
        const settled = new Set<string>();
        for (let dead = true; dead;) {
          seed = (seed * 48_271) % 2_147_483_647;
          const at = 1 + (seed % 60);
          const life = await live(dir, (lines) => kills < KILLS && lines >= at);
          expect(told(life, 'ran').filter((task) => settled.has(task))).toEqual([]);
          for (const task of told(life, 'settled')) settled.add(task);
          dead = life.killed;
          if (dead) kills++;
          else expect(told(life, 'done')).toEqual([undisturbed]);
        }
        expect(fsck(dir).faults).toEqual([]);
      }
    },
    10_000 + KILLS * 2_000,
  );
});
