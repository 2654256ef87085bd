import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

const FIXTURES = join(import.meta.dirname, 'fixtures');

const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

/** What a power cut leaves at the least, event by event: contents whose bytes were synced under a name, in folders that were synced after they got it. */
class Disk {
  readonly #synced = new Set<string>();
  /** Names that their folder's next sync makes durable, by folder. */
  readonly #pending = new Map<string, string[]>();
  readonly #durable = new Set<string>();

  take(what: string, path: string, target: string): void {
    if (what === 'mkdir') this.#name(path);
    else if (what === 'rename' && this.#synced.has(path)) this.#name(target);
    else if (what === 'sync') {
      this.#synced.add(path);
      for (const name of this.#pending.get(path) ?? []) this.#durable.add(name);
      this.#pending.delete(path);
    }
  }

  #name(path: string): void {
    this.#pending.set(dirname(path), [...(this.#pending.get(dirname(path)) ?? []), path]);
  }

  has(path: string): boolean {
    return this.#durable.has(path) && this.#durable.has(dirname(path));
  }
}

describe.skipIf(!hasCompiler)('a power cut', () => {
  it('takes nothing that the content store has promised', { timeout: 60_000 }, () => {
    const dir = mkdtempSync(join(tmpdir(), 'power-cut-'));
    try {
      const [library, trace] = [join(dir, 'disk-witness.so'), join(dir, 'trace')];
      execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(FIXTURES, 'disk-witness.c'), '-ldl']);
      mkdirSync(join(dir, 'store'));
      execFileSync(process.execPath, [join(FIXTURES, 'store-contents.ts'), join(dir, 'store')], {
        env: { LD_PRELOAD: library, TRACE: trace },
      });
      const disk = new Disk();
      const promised: boolean[] = [];
      for (const line of readFileSync(trace, 'utf8').trimEnd().split('\n')) {
        const [what = '', path = '', target = ''] = line.split('\t');
        disk.take(what, path, target);
        if (basename(dirname(path)) !== 'durable') continue;
        const hex = basename(path).slice('sha256:'.length);
        promised.push(disk.has(join(dir, 'store', 'cas', 'sha256', hex.slice(0, 2), hex)));
      }
      expect([promised.length, promised.includes(false)]).toEqual([800, false]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
