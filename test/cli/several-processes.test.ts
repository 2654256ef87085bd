import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openLog } from '../../src/runtime/log/log.ts';
import { missionRows } from '../../src/runtime/mission/queries.ts';
import { folderWith, specKit, type SpecKit, tasksFile } from './spec-kit-process.ts';

const BUNDLES = {
  'one/tasks.md': tasksFile('One', 3),
  'two/tasks.md': tasksFile('Two', 3),
  'three/tasks.md': tasksFile('Three', 2),
  // Each takes long enough for the others to come in between.
  'script.yaml': `version: 1
tasks: {}
default: { waits: 1500, run: [node, -e, "require('fs').writeFileSync('made-' + Date.now() + Math.random() + '.md', 'x')"] }
`,
};

const apply = (cwd: string, bundle: string): SpecKit => specKit(cwd, 'apply', bundle, '--agent', 'script:script.yaml');

interface Account {
  /** State by specification, in the order the missions were begun. */
  missions: string[];
  /** Attempts that were begun, of those tasks that were begun more than once. */
  repeated: string[];
  /** Entries after the end of their mission. */
  late: string[];
}

function accountOf(cwd: string): Account {
  const log = openLog(join(cwd, 'ws'), { mode: 'read' });
  try {
    const starts = new Map<string, number>();
    const over = new Set<string>();
    const late: string[] = [];
    for (const { kind, mission = '', task = '' } of log.entries()) {
      if (kind === 'task.started') starts.set(`${mission} ${task}`, (starts.get(`${mission} ${task}`) ?? 0) + 1);
      if (over.has(mission) && !kind.startsWith('request.')) late.push(`${mission} ${kind}`);
      if (kind === 'mission.finished') over.add(mission);
    }
    const repeated = [...starts].flatMap(([task, times]) => (times > 1 ? [`${task}: ${times}`] : []));
    const missions = missionRows(log.db).map(({ title, state }) => `${title} ${state}`);
    return { missions: missions.toSorted(), repeated, late };
  } finally {
    log.close();
  }
}

const verified = async (cwd: string): Promise<void> => {
  expect(await specKit(cwd, 'ledger', 'fsck').ended).toMatchObject({ code: 0 });
  expect(await specKit(cwd, 'verify').ended).toMatchObject({ code: 0 });
};

describe.skipIf(process.platform === 'win32')('processes that share a workspace', () => {
  it('all reach their end when they start at once in one that is not there yet', { timeout: 120_000 }, async () => {
    const cwd = folderWith(BUNDLES);
    const ends = await Promise.all(['one', 'two', 'one', 'three'].map((bundle) => apply(cwd, bundle).ended));
    expect(ends.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
    const { missions, repeated, late } = accountOf(cwd);
    expect(missions).toEqual(['One succeeded', 'Three succeeded', 'Two succeeded']);
    expect([repeated, late]).toEqual([[], []]);
    await verified(cwd);
  });

  it('take over from one that is killed, its mission too if they wait for it', { timeout: 120_000 }, async () => {
    const cwd = folderWith(BUNDLES);
    const first = apply(cwd, 'one');
    await first.says('start   work:t001');
    const others = ['one', 'two', 'three'].map((bundle) => apply(cwd, bundle));
    await Promise.all(others.map((other) => other.says('mission ')));
    first.child.kill('SIGKILL');
    const ends = await Promise.all(others.map(({ ended }) => ended));
    expect(ends.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
    const { missions, late } = accountOf(cwd);
    expect(missions).toEqual(['One succeeded', 'Three succeeded', 'Two succeeded']);
    expect(late).toEqual([]);
    await verified(cwd);
  });

  it('are told when the one that writes is suspended, and lose nothing by it', { timeout: 120_000 }, async () => {
    const cwd = folderWith(BUNDLES);
    const first = apply(cwd, 'one');
    await first.says('start   work:t001');
    first.child.kill('SIGSTOP');
    const asked = specKit(cwd, 'pause', 'latest', '--json');
    const second = apply(cwd, 'two');
    const [answer, end] = await Promise.all([asked.ended, second.ended]);
    expect([answer.code, end.code]).toEqual([4, 4]);
    expect(answer.stdout).toContain('REQUEST_UNANSWERED');
    expect(end.stderr).toContain('Nothing was changed');
    // The system keeps its lock: nobody can have written meanwhile, so there is nobody whose writing it could undo.
    first.child.kill('SIGCONT');
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(accountOf(cwd)).toEqual({ missions: ['One succeeded'], repeated: [], late: [] });
    expect(await apply(cwd, 'two').ended).toMatchObject({ code: 0 });
    await verified(cwd);
  });

  it('hand over what was begun for others when they are interrupted, once and twice', { timeout: 120_000 }, async () => {
    for (const times of [1, 2]) {
      const cwd = folderWith(BUNDLES);
      const first = apply(cwd, 'one');
      await first.says('start   work:t001');
      const second = apply(cwd, 'two');
      await second.says('start   work:t001');
      first.child.kill('SIGINT');
      await first.says('press again');
      if (times === 2) first.child.kill('SIGINT');
      expect(await first.ended).toMatchObject({ code: 130 });
      expect(await second.ended).toMatchObject({ code: 0 });
      expect(accountOf(cwd).missions).toEqual(['One waiting', 'Two succeeded']);
      expect(await apply(cwd, 'one').ended).toMatchObject({ code: 0 });
      const { missions, repeated, late } = accountOf(cwd);
      expect(missions).toEqual(['One succeeded', 'Two succeeded']);
      expect(late).toEqual([]);
      // What ran was let end the first time, and broken off the second.
      if (times === 1) expect(repeated).toEqual([]);
      await verified(cwd);
    }
  });
});
