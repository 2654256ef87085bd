import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git repository on the real disk, with a home of its own. */
export interface ARepository {
  dir: string;
  env: Record<string, string>;
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  commit(message?: string): string;
  remove(): void;
}

export function aRepository(): ARepository {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'repository-')));
  const dir = join(folder, 'repository');
  const home = join(folder, 'home');
  for (const each of [dir, home]) mkdirSync(each);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgSign=false'];
  const git = (...args: string[]): string =>
    execFileSync('git', [...identity, ...args], { cwd: dir, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
  git('init', '--quiet', '--initial-branch=main');
  return {
    dir,
    env,
    git,
    write(path, content) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    },
    commit(message = 'a commit') {
      git('add', '--all', '.');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
