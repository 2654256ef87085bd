import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { Step } from '../runtime/workspace/host/children/scripted-agent.ts';
import { bundleWith, DOES } from './scripted-bundle.ts';
import { folderWith, specKit } from './spec-kit-process.ts';

const asks = (command: string, note: string): Step => ({
  ask: { kind: 'execute', title: command, rawInput: { command } },
  note,
});

it(
  'denies an agent what its profile allows and the policy of the mission does not, and the log says so',
  { timeout: 60_000 },
  async () => {
    const steps = [asks('npm test', 'npm.txt'), asks('git status', 'git.txt')];
    const cwd = folderWith({ ...bundleWith(steps), 'policy.yaml': 'name: strict\nrun: [npm test]\n' });
    const free = await specKit(cwd, 'apply', 'spec', ...DOES).ended;
    expect(free.code).toBe(0);
    const product = join(cwd, 'ws', 'build', 'poem');
    expect(readFileSync(join(product, 'git.txt'), 'utf8')).toBe('yes');

    const bound = await specKit(cwd, 'apply', 'spec', '--policy', 'policy.yaml', ...DOES).ended;
    expect(bound.code).toBe(0);
    expect(readFileSync(join(product, 'npm.txt'), 'utf8')).toBe('yes');
    expect(readFileSync(join(product, 'git.txt'), 'utf8')).toBe('no');
    const logs = await specKit(cwd, 'logs', 'latest').ended;
    expect(logs.stdout).toContain('denied run git status (the policy strict names nothing that allows it)');
    const created = JSON.parse((await specKit(cwd, 'logs', 'latest', '--json').ended).stdout) as {
      items: { entry: string; data: { settings?: { policy?: string } } }[];
    };
    expect(created.items.find(({ entry }) => entry === 'mission.created')?.data.settings?.policy).toMatch(/^sha256:/);

    // Other limits, another key.
    const why = await specKit(cwd, 'explain', 'latest', 'work:t001').ended;
    expect(why.stdout).toContain('mission policy');
    const again = await specKit(cwd, 'apply', 'spec', '--policy', 'policy.yaml', ...DOES).ended;
    expect(JSON.parse(again.stdout)).toMatchObject({ unchanged: true });
  },
);

it('fails what was left where the policy in the configuration lets nobody write', { timeout: 60_000 }, async () => {
  const cwd = folderWith(bundleWith([{ write: 'a.ts', text: 'a' }], { policy: { write: ['docs/**'] } }));
  const ended = await specKit(cwd, 'apply', 'spec', '--budget', 'task.attempts=1', ...DOES).ended;
  expect(ended.code).toBe(1);
  const logs = await specKit(cwd, 'logs', 'latest').ended;
  expect(logs.stdout).toContain("denied write a.ts (the mission's policy names nothing that allows it)");
});
