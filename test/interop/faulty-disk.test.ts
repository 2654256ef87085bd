import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { folderWith, specKit, tasksFile } from '../cli/spec-kit-process.ts';
import { seeded } from '../runtime/mission/faults/seeded.ts';

const SOURCE = join(import.meta.dirname, 'fixtures', 'faulty-disk.c');

/** Cases of each kind; more of them with `KILLS=300 npm run test:interop -- faulty-disk`. */
const CASES = Math.ceil(Number(process.env['KILLS'] ?? 18) / 3);

const FAULTS = [
  { name: 'ENOSPC', errno: '28', code: 'WORKSPACE_FULL' },
  { name: 'EIO', errno: '5', code: 'WORKSPACE_UNWRITABLE' },
];

const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

describe.skipIf(!hasCompiler)('a disk whose writes fail under SQLite and the store', () => {
  it.each(FAULTS)(
    'ends the command with $code on $name, and costs nothing',
    { timeout: 120_000 + CASES * 15_000 },
    async ({ errno, code }) => {
      const random = seeded(Number(errno));
      let failed = 0;
      for (let at = 0; at < CASES; at++) {
        const cwd = folderWith({
          'spec/tasks.md': tasksFile('Tasks', 3),
          'script.yaml':
            "version: 1\ntasks: {}\ndefault: { run: [node, -e, \"require('fs').writeFileSync(Math.random() + '.md', 'x')\"] }\n",
        });
        const library = join(cwd, 'faulty-disk.so');
        expect(spawnSync('cc', ['-shared', '-fPIC', '-o', library, SOURCE, '-ldl']).stderr.toString()).toBe('');
        const apply = ['apply', 'spec', '--agent', 'script:script.yaml'];
        const after = String(1 + random.below(120));
        const end = await specKit({ cwd, env: { LD_PRELOAD: library, FAULT_AFTER: after, FAULT_ERRNO: errno } }, ...apply).ended;
        if (end.code !== 0) {
          failed++;
          expect([end.code, end.stderr], `after ${after} writes`).toEqual([4, expect.stringContaining(`error[${code}]`)]);
        }
        const again = await specKit(cwd, ...apply).ended;
        expect([again.code, again.stderr.includes('error')], `after ${after} writes`).toEqual([0, false]);
        expect(await specKit(cwd, 'ledger', 'fsck').ended).toMatchObject({ code: 0 });
        expect(await specKit(cwd, 'verify').ended).toMatchObject({ code: 0 });
      }
      expect(failed).toBeGreaterThan(0);
    },
  );
});
