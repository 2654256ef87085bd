import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../src/base/digest.ts';
import { checkout } from '../../src/runtime/workspace/checkout.ts';
import { collectChanges } from '../../src/runtime/workspace/collect-changes.ts';
import { createOpenSandbox } from '../../src/runtime/workspace/sandbox/open-sandbox.ts';
import { createSrtSandbox } from '../../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { ATTACKS } from './escape/cases.ts';
import { expectContained, Ground, LONG, MARKS, processes, SECRET } from './escape/ground.ts';

const sandbox = createSrtSandbox();
const missing = await sandbox.missing();
const why = missing.map(({ what }) => what).join(', ');
if (missing.length > 0) process.stdout.write(`skipped: sandbox: ${why}\n`);

let ground: Ground;
beforeEach(async () => {
  ground = new Ground();
  await ground.open();
});
afterEach(() => ground.close());

describe.skipIf(missing.length > 0)(`a process that wants out${why === '' ? '' : ` (${why})`}`, () => {
  it.each(ATTACKS)('$name: contained', async ({ script }) => {
    process.env['STOLEN'] = SECRET;
    const result = await ground.run(sandbox, script);
    expect(['exited', 'timeout']).toContain(result.ended);
    expectContained(ground, result);
  });

  it('reaches the host it may reach, and no other, and what it tried is told', async () => {
    const get = (host: string, port: string) =>
      `curl -sS -m 5 http://${host}:$${port}/ || node -e 'fetch("http://${host}:"+process.env.${port}).then(async r=>console.log(r.status, await r.text()))'`;
    const result = await ground.run(sandbox, `${get('127.0.0.2', 'ALLOWED')}; ${get('127.0.0.3', 'FORBIDDEN')}`);
    expect(result.stdout).toContain('here');
    expect(ground.contacts).toContain('allowed');
    expect(result.violations.join()).toContain(`127.0.0.3:${ground.ports.forbidden}`);
    expectContained(ground, result);
  });

  it('writes to its workspace, its home and its temporary folder, and starts programs there', async () => {
    const result = await ground.run(
      sandbox,
      'echo a > a && echo b > ~/b && echo c > $TMPDIR/c && mkdir -p d/e && cp /bin/echo d/e/run && d/e/run works && node -p 6*7',
    );
    expect(result).toMatchObject({ ended: 'exited', code: 0, stderr: '' });
    expect(result.stdout).toBe('works\n42\n');
    expect([join(ground.workspace, 'a'), join(ground.home, 'b'), join(ground.temp, 'c')].every((path) => existsSync(path))).toBe(
      true,
    );
  });

  it('is nobody where we are root, and has no capability anywhere', async () => {
    const { stdout } = await ground.run(sandbox, 'id -u; grep -E "^Cap(Eff|Prm|Inh)|^NoNewPrivs|^Seccomp:" /proc/self/status');
    expect(stdout.split('\n')[0]).not.toBe('0');
    expect(stdout).toMatch(/CapEff:\s+0{16}\n/);
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(stdout).toMatch(/Seccomp:\s+2/);
  });

  it('7 gets no file that has a second name elsewhere', async () => {
    linkSync(ground.canary, join(ground.workspace, 'link'));
    await expect(ground.run(sandbox, 'echo attacked > link')).rejects.toMatchObject({ code: 'WORKSPACE_UNWRITABLE' });
    const folder = join(ground.root, 'copy');
    checkout([{ path: 'a', digest: sha256('x'), size: 1, type: 'code' }], folder, () => Buffer.from('x'));
    expect(statSync(join(folder, 'a')).nlink).toBe(1);
  });

  it('11, 12 leaves repositories behind that nobody looks into', async () => {
    const result = await ground.run(
      sandbox,
      'mkdir -p a/b/c/d && cd a/b/c/d && git init -q . && printf "#!/bin/sh\\n" > .git/hooks/pre-commit && echo x > f',
    );
    expectContained(ground, result);
    const changes = collectChanges(ground.workspace, []);
    expect('files' in changes && changes.files.map(({ path }) => path)).toEqual(['a/b/c/d/f']);
  });

  it('12 makes no repository where there is none', async () => {
    const bare = join(ground.root, 'run', 'bare');
    mkdirSync(bare);
    const argv = ['bash', '-c', 'git init -q .; mkdir .git/hooks; touch x'] as const;
    const child = await sandbox.start([...argv], ground.confinement({ workspace: bare }), new AbortController().signal);
    expect(await child.ended).toMatchObject({ ended: 'exited' });
    expect(readdirSync(bare)).toEqual(['x']);
  });

  it('37 has what it left imported as plain content', async () => {
    await ground.run(sandbox, 'printf "#!/bin/sh\\n" > x; chmod 6755 x');
    const changes = collectChanges(ground.workspace, []);
    expect('files' in changes && changes.files.map(({ path }) => path)).toEqual(['x']);
  });

  it('48, 49 cannot turn a linked worktree', async () => {
    const repository = join(ground.root, 'repository');
    execFileSync('bash', [
      '-c',
      `git init -q ${repository} && cd ${repository} && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && chmod -R a+rwX . && rm -rf ${ground.workspace} && git worktree add -q ${ground.workspace}`,
    ]);
    const pointer = join(ground.workspace, '.git');
    const before = execFileSync('cat', [pointer], { encoding: 'utf8' });
    await ground.run(sandbox, 'echo "gitdir: /tmp/evil" > .git; rm .git; git commit --allow-empty -m evil');
    expect(execFileSync('cat', [pointer], { encoding: 'utf8' })).toBe(before);
    expect(execFileSync('git', ['-C', repository, 'log', '--all', '--format=%s'], { encoding: 'utf8' })).not.toContain('evil');
  });

  it('41, 42 forks as often as it may, and no more', async () => {
    const result = await ground.run(sandbox, 'for i in $(seq 400); do sleep 5 & done; jobs -p | wc -l; kill $(jobs -p)', {
      processes: 64,
    });
    expect(result.stderr).toMatch(/fork|resource/i);
    expect(Number(result.stdout) || 0).toBeLessThan(64);
  });

  it('43, 44 uses no more memory than it may, in one process or many, or in file systems', async () => {
    const limits = { memoryBytes: 400 * 2 ** 20, fileBytes: 64 * 2 ** 20 };
    const many = 'for i in 1 2 3 4; do perl -e \'my $x = "x" x (200 << 20); sleep 30\' & done; wait';
    const hidden =
      'for i in $(seq 40); do head -c 50000000 /dev/zero > $HIDDEN/$i; done; for i in $(seq 40); do head -c 50000000 /dev/zero > /dev/shm/$i; done; sleep 5';
    const shared = `perl -e 'my $p = syscall(${process.arch === 'arm64' ? 222 : 9}, 0, 3 << 30, 3, 0x21, -1, 0); syscall(${process.arch === 'arm64' ? 63 : 0}, fileno(STDIN), $p, 0); open my $z, "<", "/dev/zero"; for (my $o = 0; $o < 3 << 30; $o += 1 << 20) { syscall(${process.arch === 'arm64' ? 63 : 0}, fileno($z), $p + $o, 1 << 20) } sleep 30'`;
    for (const script of [shared, 'perl -e \'my $x = "x" x (3 << 30); sleep 30\'', many, hidden]) {
      expect(await ground.run(sandbox, script, limits)).toMatchObject({ ended: 'memory' });
    }
  });

  it('45 fills no disk: no large file, not many, none without a name', async () => {
    const limits = { fileBytes: 32 * 2 ** 20, diskBytes: 100 * 2 ** 20 };
    const one = await ground.run(sandbox, 'head -c 200000000 /dev/zero > large', limits);
    expect(statSync(join(ground.workspace, 'large')).size).toBeLessThanOrEqual(limits.fileBytes);
    expect(one.code).not.toBe(0);
    const many = 'for i in $(seq 40); do head -c 30000000 /dev/zero > $TMPDIR/$i; done; sleep 10';
    const nameless = 'for i in $(seq 10 20); do eval "exec $i>n$i"; rm n$i; head -c 30000000 /dev/zero >&$i; done; sleep 10';
    for (const script of [many, nameless]) expect(await ground.run(sandbox, script, limits)).toMatchObject({ ended: 'disk' });
  });

  it('closes nothing to us that it leaves behind', async () => {
    await ground.run(sandbox, 'mkdir -p a/b && echo x > a/b/c && chmod 0 a/b/c a/b a');
    const changes = collectChanges(ground.workspace, []);
    expect('files' in changes && changes.files.map(({ path }) => path)).toEqual(['a/b/c']);
  });

  it('ends in its time, with all that it has started', async () => {
    const result = await ground.run(sandbox, 'setsid -f sleep $LONG; trap "" TERM INT; sleep $LONG & wait', { wallMs: 1500 });
    expect(result.ended).toBe('timeout');
    expectContained(ground, result);
  });

  it('ends when it is told to, while we speak with it', async () => {
    const controller = new AbortController();
    const script = `sleep ${LONG} & while read line; do echo "heard $line"; done`;
    const child = await sandbox.start(['bash', '-c', script], ground.confinement(), controller.signal);
    const heard = new Promise((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    child.stdin.write('you\n');
    expect(await heard).toBe('heard you\n');
    controller.abort();
    expect(await child.ended).toMatchObject({ ended: 'aborted' });
    expect(processes()).not.toContain(`sleep\0${LONG}`);
    expect(readdirSync(ground.workspace)).toEqual(['.git']);
  });

  it('starts nothing from folders that it may write to', async () => {
    const fake = join(ground.workspace, 'bin');
    mkdirSync(fake);
    for (const name of ['bwrap', 'bash', 'socat', 'rg', 'node', 'env']) {
      writeFileSync(join(fake, name), `#!/bin/sh\necho attacked > ${ground.canary}\n`, { mode: 0o777 });
    }
    const env = {
      ...ground.confinement().env,
      PATH: `${fake}:/usr/bin:/bin`,
      BASH_ENV: join(fake, 'env'),
      ENV: join(fake, 'env'),
      LD_PRELOAD: join(fake, 'x.so'),
      PS4: '$(touch x)',
      SHELLOPTS: 'xtrace',
      'BASH_FUNC_exec%%': '() { touch y; }',
    };
    const child = await sandbox.start(['/bin/echo', 'x'], ground.confinement({ env }), new AbortController().signal);
    await child.ended;
    expectContained(ground, { stdout: '', stderr: '' });
    expect(readdirSync(ground.workspace).toSorted()).toEqual(['.git', 'bin']);
  });

  it('has its workspace for itself', async () => {
    const first = await sandbox.start(['sleep', '20'], ground.confinement(), new AbortController().signal);
    const second = sandbox.start(['true'], ground.confinement(), new AbortController().signal);
    await expect(second).rejects.toMatchObject({ code: 'WORKSPACE_UNWRITABLE' });
    first.kill();
    await first.ended;
    const third = await sandbox.start(['true'], ground.confinement(), new AbortController().signal);
    expect(await third.ended).toMatchObject({ ended: 'exited', code: 0 });
  });

  it('cannot be given what confines it to write to', async () => {
    const workspace = realpathSync(join(import.meta.dirname, '..', '..'));
    const started = sandbox.start(['true'], ground.confinement({ workspace }), new AbortController().signal);
    await expect(started).rejects.toMatchObject({ code: 'SANDBOX_MISSING' });
  });
});

describe('without walls', () => {
  const open = createOpenSandbox();

  it.each(ATTACKS.filter((attack) => attack.open))('$name: works, and is seen', async ({ script }) => {
    const found = ground.breaches(await ground.run(open, script));
    for (const mark of MARKS.filter((path) => existsSync(path))) rmSync(mark);
    expect(found).not.toEqual([]);
  });
});
