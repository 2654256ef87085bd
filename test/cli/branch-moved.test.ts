import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { aRepository } from '../runtime/workspace/git/a-repository.ts';
import { specKit } from './spec-kit-process.ts';

const TASKS = '# Tasks: Notes\n\n## Phase 1\n\n- [ ] T001 Write notes\n';

/** A repository with a bundle, whose one task runs `command` and writes notes. */
function bundle(command: readonly string[]) {
  const own = aRepository();
  onTestFinished(() => own.remove());
  own.write('specs/tasks.md', TASKS);
  own.write('.gitignore', 'ws\n');
  own.write('readme.md', '# Read\n');
  own.commit();
  const task = { writes: { 'notes.md': 'noted\n' }, run: command.map((word) => word.replace('DIR', own.dir)) };
  own.write('ws/script.json', JSON.stringify({ version: 1, tasks: { T001: task } }));
  const apply = (...more: string[]) =>
    specKit({ cwd: own.dir, env: own.env }, 'apply', 'specs', '--agent', 'script:ws/script.json', '--ui', 'stream', ...more)
      .ended;
  return { own, apply };
}

test(
  'a branch that somebody moves while the mission runs is left to them, and the result is kept',
  { timeout: 180_000 },
  async () => {
    const { own, apply } = bundle(['git', '-C', 'DIR', 'update-ref', 'refs/heads/out', 'HEAD']);
    const first = await apply('--branch', 'out');
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('error[BRANCH_MOVED]: out was not moved to');
    expect(own.git('rev-parse', 'out')).toBe(own.git('rev-parse', 'main'));
    const [kept = ''] = own.git('for-each-ref', '--format=%(refname)', 'refs/agentnexus').split('\n');
    expect(own.git('show', `${kept}:notes.md`)).toBe('noted');
    // Nobody has moved it since: asked again, it is moved, and nothing runs for that.
    const second = await apply('--branch', 'out');
    expect(second.stdout).toMatch(/tasks +3: 1 run and 2 cached/);
    expect(second.code).toBe(0);
    expect(own.git('show', 'out:notes.md')).toBe('noted');
    const third = await apply('--branch', 'out');
    expect(third.stdout).toContain('Nothing to do');
  },
);

test('work in progress is neither seen nor touched, whatever state it is in', { timeout: 180_000 }, async () => {
  const { own, apply } = bundle(['true']);
  own.write('readme.md', '# Stashed\n');
  own.git('stash', '--quiet');
  own.write('readme.md', '# Staged\n');
  own.git('add', 'readme.md');
  own.write('readme.md', '# Unstaged\n');
  own.write('untracked.md', 'untracked');
  const state = () => [
    own.git('status', '--porcelain'),
    own.git('diff'),
    own.git('diff', '--cached'),
    own.git('stash', 'list', '--format=%H'),
    own.git('symbolic-ref', 'HEAD'),
    readFileSync(join(own.dir, '.git', 'config'), 'utf8'),
    readFileSync(join(own.dir, '.git', 'index')).toString('hex'),
  ];
  const before = state();
  expect((await apply()).code).toBe(0);
  expect(state()).toEqual(before);
  expect(own.git('show', 'agentnexus/notes:readme.md')).toBe('# Read');
  expect(own.git('ls-tree', '-r', '--name-only', 'agentnexus/notes').split('\n')).not.toContain('untracked.md');
});
