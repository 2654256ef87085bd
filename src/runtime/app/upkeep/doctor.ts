import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { grouped } from '../../../base/text.ts';
import { openForReading } from '../../log/database.ts';
import { type KeyKind, readKeyFile } from '../../log/key-file.ts';
import { readLockHolder } from '../../log/writer-lock.ts';
import { packageFolder, packageVersion } from '../../qa/dependencies.ts';
import { runProcess } from '../../workspace/process.ts';
import { type Config, readConfig } from '../config.ts';
import type { CallContext, Handler } from '../operations.ts';
import type { DoctorView } from '../views.ts';
import { findWorkspace, type Workspace, workspaceDir } from '../workspace.ts';
import { hidePlaces } from './hide-places.ts';

type Check = DoctorView['checks'][number];

/** Looks at everything a mission needs, and changes nothing. */
export const doctor: Handler<'doctor'> = async (_input, context) => {
  const config = readConfig();
  const { workspace, check } = checkWorkspace(context);
  const checks = [
    checkNode(process.versions.node),
    check,
    ...(workspace === undefined ? [] : [checkLog(workspace), checkLock(workspace), checkLogKey(workspace, config)]),
    checkKey('signing key', join(config.keys, 'signing.key'), 'p256'),
    checkPackage('typescript'),
    checkPackage('jest'),
    await checkDisk(workspaceDir(context)),
    await checkGit(config, context.cwd),
    await checkSandbox(workspaceDir(context)),
    await checkScanner(config, context.cwd),
  ];
  const healthy = checks.every(({ status }) => status !== 'missing');
  // The user of this machine may know where everything lies; whoever asks from elsewhere need not.
  const isHere = context.allowance === undefined;
  return {
    kind: 'Doctor',
    healthy,
    checks: isHere ? checks : checks.map(fromAfar([workspaceDir(context), resolve(config.keys)])),
  };
};

function fromAfar(known: readonly string[]): (check: Check) => Check {
  return ({ message, hint, ...check }) => ({
    ...check,
    message: hidePlaces(message, known),
    hint: hint === null ? null : hidePlaces(hint, known),
  });
}

const ok = (name: string, message: string): Check => ({ name, status: 'ok', message, hint: null });

/** The version that `engines` in package.json asks for. */
const OLDEST_NODE = [22, 18] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
    return ok('node', `${version} on ${process.platform} ${process.arch}`);
  }
  return {
    name: 'node',
    status: 'missing',
    message: `${version} is too old`,
    hint: `Install Node.js ${OLDEST_NODE.join('.')} or newer.`,
  };
}

function checkWorkspace(context: CallContext): { workspace?: Workspace; check: Check } {
  const dir = workspaceDir(context);
  try {
    const workspace = findWorkspace(context);
    return { workspace, check: ok('workspace', workspace.dir) };
  } catch (error) {
    if (!(error instanceof NexusError) || error.code !== 'WORKSPACE_NOT_FOUND') return { check: failed('workspace', error) };
    return { check: ok('workspace', `none yet; the first apply makes ${dir}`) };
  }
}

function checkLog({ dir }: Workspace): Check {
  const path = join(dir, 'log.db');
  if (!existsSync(path)) return ok('log', 'nothing is recorded yet');
  return attempt('log', () => {
    openForReading(path).close();
    return 'readable; `spec-kit ledger fsck` reads all of it';
  });
}

function checkLock({ dir }: Workspace): Check {
  const holder = readLockHolder(dir);
  if (holder === undefined) return ok('lock', 'nobody is writing');
  return {
    name: 'lock',
    status: 'warning',
    message: `process ${holder.pid} (${holder.command}) has been writing since ${holder.startedAt}`,
    hint: 'Wait for it to end before the next apply; reading commands work meanwhile.',
  };
}

/** Without its key a log that has entries can be read and verified, and never be continued. */
function checkLogKey(workspace: Workspace, { keys }: Config): Check {
  const path = join(keys, 'logs', `${workspace.id}.key`);
  const check = checkKey('log key', path, 'ed25519');
  if (existsSync(path) || !existsSync(join(workspace.dir, 'log.db'))) return check;
  return {
    name: 'log key',
    status: 'missing',
    message: `${path} is not there, so the log of this workspace cannot be continued`,
    hint: 'Restore the key from a backup, or use another workspace with --workspace DIR.',
  };
}

function checkKey(name: string, path: string, kind: KeyKind): Check {
  return attempt(name, () =>
    readKeyFile(path, kind, readConfig().keyPassphrase) === undefined ? `none yet; the first apply makes ${path}` : path,
  );
}

function checkPackage(name: string): Check {
  const folder = packageFolder(name);
  if (folder !== undefined) return ok(name, packageVersion(folder));
  return {
    name,
    status: 'missing',
    message: 'not installed beside agentnexus',
    hint: 'Install agentnexus again with its dependencies (npm install agentnexus).',
  };
}

/** Bytes below which a mission may not get through, and below which nothing works. */
const SCARCE = 200 * 2 ** 20;
const FULL = 5 * 2 ** 20;

async function checkDisk(dir: string): Promise<Check> {
  const { bavail, bsize } = await statfs(nearestFolder(dir));
  return judgeDisk(bavail * bsize);
}

export function judgeDisk(free: number): Check {
  const message = `${grouped(Math.floor(free / 2 ** 20))} MiB free`;
  if (free >= SCARCE) return ok('disk', message);
  return { name: 'disk', status: free < FULL ? 'missing' : 'warning', message, hint: 'Free some space where the workspace is.' };
}

function nearestFolder(dir: string): string {
  return existsSync(dir) || dirname(dir) === dir ? dir : nearestFolder(dirname(dir));
}

async function checkGit({ path }: Config, cwd: string): Promise<Check> {
  const hint = 'Install git to carry results into a repository; missions run without it.';
  try {
    const { code, stdout } = await runProcess(['git', '--version'], { cwd, env: { PATH: path }, timeoutMs: 5000 });
    if (code === 0) return ok('git', stdout.trim().replace(/^git version /, ''));
    return { name: 'git', status: 'warning', message: `\`git --version\` ended with ${code ?? 'a signal'}`, hint };
  } catch (error) {
    return { name: 'git', status: 'warning', message: messageOf(error), hint };
  }
}

/** Only `--scan` needs it. */
async function checkScanner(config: Config, cwd: string): Promise<Check> {
  const unscanned = (why: string, hint: string): Check => {
    return { name: 'osv-scanner', status: 'warning', message: `products cannot be scanned for vulnerabilities: ${why}`, hint };
  };
  try {
    const { stdout } = await runProcess(['osv-scanner', '--version'], { cwd, env: { PATH: config.path }, timeoutMs: 5000 });
    const { findOsvDatabase } = await import('../../workspace/osv-scanner.ts');
    const database = findOsvDatabase(config);
    const version = /version: (\S+)/.exec(stdout)?.[1] ?? 'of an unknown version';
    if (database === undefined)
      return unscanned(`osv-scanner ${version} has no database here, but for --scan online`, DATABASE_HINT);
    return ok('osv-scanner', `${version}, with a database in ${database.base}`);
  } catch (error) {
    return unscanned(messageOf(error), 'Install osv-scanner for --scan; missions run without it. docs/vulnerabilities.md.');
  }
}

const DATABASE_HINT =
  'Fetch one: osv-scanner scan source --offline-vulnerabilities --download-offline-databases . in a folder with a lock file.';

/** Only agents with a model need it. */
async function checkSandbox(dir: string): Promise<Check> {
  const { createSrtSandbox } = await import('../../workspace/sandbox/srt-sandbox.ts');
  const [first, ...others] = await createSrtSandbox().missing();
  const closed = first === undefined && process.getuid?.() === 0 ? await closedTo(dir) : undefined;
  if (closed !== undefined) {
    return { name: 'sandbox', status: 'warning', message: `agents with a model cannot run: ${closed.what}`, hint: closed.hint };
  }
  if (first === undefined) return ok('sandbox', 'srt; a process was confined');
  const what = [first, ...others].map((missing) => missing.what).join(', ');
  return { name: 'sandbox', status: 'warning', message: `agents with a model cannot run: ${what}`, hint: first.hint };
}

/** Where we are root, agents are somebody else, who must get to the copies that they work in. */
async function closedTo(dir: string): Promise<{ what: string; hint: string } | undefined> {
  const { closedWay } = await import('../../workspace/sandbox/prepare-folders.ts');
  return closedWay(join(dir, 'tmp', 'agent', 'product'));
}

function attempt(name: string, look: () => string): Check {
  try {
    return ok(name, look());
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name: string, error: unknown): Check {
  return { name, status: 'missing', message: messageOf(error), hint: error instanceof NexusError ? (error.hint ?? null) : null };
}
