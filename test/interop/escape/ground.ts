import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'vitest';

import { type Confinement, DEFAULT_LIMITS, type Limits, type Sandbox } from '../../../src/runtime/workspace/sandbox/sandbox.ts';

export const SECRET = 'canary-7f3a9c51d0';
const INTACT = 'intact\n';
/** Where an attack leaves its mark that writes wherever it can. */
export const MARKS = ['/tmp', '/var/tmp', '/dev/shm', '/run', '/root', '/etc', '/usr', '/opt'].map((folder) =>
  join(folder, 'escape-mark'),
);
/** Seconds that nothing else sleeps. */
export const LONG = '98765.4321';

/** A host with something to lose: each thing that an attack could reach is there, open to every user, and looked at afterwards. */
export class Ground {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'escape-')));
  readonly workspace = this.#folder('run/workspace');
  readonly home = this.#folder('run/home');
  readonly temp = this.#folder('run/tmp');
  /** Readable inside, and writable by its mode: only the wall keeps it. */
  readonly outside = this.#folder('outside');
  /** Not to be seen inside. */
  readonly hidden = this.#folder('hidden');
  /** The workspace of another agent. */
  readonly neighbour = this.#folder('neighbour');
  readonly canary = this.#file('outside/canary', INTACT);
  readonly secret = this.#file('hidden/secret', SECRET);
  readonly next = this.#file('neighbour/secret', SECRET);
  readonly socket = join(this.outside, 'socket');
  readonly victim = spawn('sleep', ['4321.5'], { env: { STOLEN: SECRET } });
  readonly contacts: string[] = [];
  readonly #servers: Server[] = [];
  readonly #udp = createSocket('udp4');
  readonly #corePattern = corePattern();
  #git = 0;
  readonly #shared = SharedMemory.make();
  readonly #key = sessionKey();
  ports = { allowed: 0, forbidden: 0, udp: 0 };

  async open(): Promise<void> {
    chmodSync(this.root, 0o755);
    chmodSync(join(this.root, 'run'), 0o755);
    execFileSync('git', ['init', '-q', this.workspace]);
    writeFileSync(join(this.workspace, '.git', 'config'), '[core]\n\tbare = false\n');
    for (const name of readdirSync(join(this.workspace, '.git', 'hooks'))) rmSync(join(this.workspace, '.git', 'hooks', name));
    this.#git = statSync(join(this.workspace, '.git')).ino;
    this.ports = {
      allowed: await this.#listen('allowed', '127.0.0.2'),
      forbidden: await this.#listen('forbidden', '127.0.0.1'),
      udp: await new Promise((resolve) => this.#udp.bind(0, '127.0.0.1', () => resolve(this.#udp.address().port))),
    };
    this.#udp.on('message', () => this.contacts.push('udp'));
    await this.#listen('unix', this.socket);
    await this.#listen('abstract', `\0${this.abstract}`);
    chmodSync(this.socket, 0o777);
  }

  get abstract(): string {
    return `escape-${process.pid}-${this.root.at(-1)}`;
  }

  confinement(other: Partial<Confinement> = {}): Confinement {
    const env = {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin:/usr/sbin:/sbin`,
      HOME: this.home,
      TMPDIR: this.temp,
      OUTSIDE: this.outside,
      HIDDEN: this.hidden,
      NEIGHBOUR: this.neighbour,
      SOCKET: this.socket,
      ABSTRACT: this.abstract,
      VICTIM: String(this.victim.pid),
      ALLOWED: String(this.ports.allowed),
      FORBIDDEN: String(this.ports.forbidden),
      UDP: String(this.ports.udp),
      LONG,
      LAUNCHER: String(process.pid),
      SHARED: this.#shared.key,
    };
    const { workspace, home, temp } = this;
    const own = { workspace, home, temp, read: [this.outside], denyRead: [this.hidden], denyWrite: [] };
    return { ...own, hosts: [`127.0.0.2:${this.ports.allowed}`], env, limits: { ...DEFAULT_LIMITS, wallMs: 20_000 }, ...other };
  }

  /** Runs a script of bash, and says what it printed behind the line that shows that it ran at all. */
  async run(sandbox: Sandbox, script: string, limits: Partial<Limits> = {}) {
    const confinement = this.confinement({ limits: { ...DEFAULT_LIMITS, wallMs: 20_000, ...limits } });
    const child = await sandbox.start(['bash', '-c', `echo began\n${script}`], confinement, new AbortController().signal);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')));
    child.stdin.end('nothing\n');
    const end = await child.ended;
    if (!stdout.startsWith('began\n')) throw new Error(`the attack never began: ${child.stderr()}`);
    return { ...end, stdout: stdout.slice(6), stderr: child.stderr(), violations: child.violations() };
  }

  /** What has got out, or in. Empty is contained. */
  breaches({ stdout, stderr }: { stdout: string; stderr: string }): string[] {
    const found: string[] = [];
    const check = (name: string, held: boolean) => held || found.push(name);
    check('canary changed', readFileSync(this.canary, 'utf8') === INTACT);
    check('made something outside', readdirSync(this.outside).toSorted().join() === 'canary,socket');
    check('canary linked', statSync(this.canary).nlink === 1);
    check('neighbour touched', readdirSync(this.neighbour).join() === 'secret');
    check(
      'secret read',
      !(stdout + stderr).includes(SECRET) && !this.#loot().some((path) => readFileSync(path).includes(SECRET)),
    );
    check('shadow read', !/^root:[^:]*:\d{5}/m.test(stdout));
    check(
      'connection',
      this.contacts.every((contact) => contact === 'allowed'),
    );
    const git = join(this.workspace, '.git');
    check('git replaced', statSync(git).ino === this.#git);
    check('hook', existsSync(join(git, 'hooks')) && readdirSync(join(git, 'hooks')).length === 0);
    check(
      'git config',
      existsSync(join(git, 'config')) && readFileSync(join(git, 'config'), 'utf8') === '[core]\n\tbare = false\n',
    );
    check('shared memory changed', this.#shared.isIntact());
    check('victim killed', this.victim.exitCode === null && this.victim.signalCode === null);
    check('process left', !processes().includes(`sleep\0${LONG}`));
    check('core_pattern', corePattern() === this.#corePattern);
    check('setuid root', !this.#loot().some((path) => statSync(path).uid === 0 && (statSync(path).mode & 0o4000) !== 0));
    for (const folder of ['/tmp', '/var/tmp', '/dev/shm', '/run', '/root', '/etc', '/usr', '/opt'])
      check(`${folder} written`, !existsSync(join(folder, 'escape-mark')));
    check(
      'placeholders left',
      !['.bashrc', '.agentnexus', '.envrc', '.mcp.json'].some((name) => existsSync(join(this.workspace, name))),
    );
    return found;
  }

  close(): void {
    this.victim.kill('SIGKILL');
    this.#shared.remove();
    this.#key.revoke();
    for (const server of this.#servers) server.close();
    this.#udp.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Plain files that the attacker could write. */
  #loot(): string[] {
    return [this.workspace, this.home, this.temp].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => statSync(path).size < 1_000_000),
    );
  }

  #folder(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777);
    return path;
  }

  #file(name: string, content: string): string {
    const path = join(this.root, name);
    writeFileSync(path, content);
    chmodSync(path, 0o666);
    return path;
  }

  #listen(name: string, where: string): Promise<number> {
    const server = createServer((socket) => {
      this.contacts.push(name);
      socket.on('error', () => {});
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhere\n');
    });
    this.#servers.push(server);
    return new Promise((resolve) => {
      const done = () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      };
      if (where.startsWith('127.')) server.listen(0, where, done);
      else server.listen(where, done);
    });
  }
}

/** A piece of memory by System V, open to all. */
class SharedMemory {
  readonly key = String(0x5ec00000 + process.pid);
  static make(): SharedMemory {
    const made = new SharedMemory();
    made.#perl(`my $id = shmget(${made.key}, 64, 01666); shmwrite($id, "${SECRET}", 0, 64)`);
    return made;
  }
  isIntact(): boolean {
    return this.#perl(`my $id = shmget(${this.key}, 64, 0666); my $b; shmread($id, $b, 0, 64); print $b`).startsWith(SECRET);
  }
  remove(): void {
    this.#perl(`my $id = shmget(${this.key}, 64, 0666); shmctl($id, 0, 0)`);
  }
  #perl(code: string): string {
    return execFileSync('perl', ['-e', code], { encoding: 'utf8' });
  }
}

/** A key in the keyring of our session, which every process of the session may use. keyctl(2); where a container forbids it there is none. */
function sessionKey(): { revoke(): void } {
  const add = `my ($t, $d, $p) = ("user", "escape", "${SECRET}"); print syscall(${process.arch === 'arm64' ? 217 : 248}, $t, $d, $p, length $p, -3)`;
  const id = Number(execFileSync('perl', ['-e', add], { encoding: 'utf8' }));
  return {
    revoke: () => void (id > 0 && execFileSync('perl', ['-e', `syscall(${process.arch === 'arm64' ? 219 : 250}, 3, ${id})`])),
  };
}

/** As an attack that works would leave it: so that no breach goes unseen. */
export function expectContained(ground: Ground, result: { stdout: string; stderr: string }): void {
  expect({ breaches: ground.breaches(result), stdout: result.stdout.slice(-500) }).toMatchObject({ breaches: [] });
}

export function processes(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    })
    .join('\n');
}

function corePattern(): string {
  return readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
}
