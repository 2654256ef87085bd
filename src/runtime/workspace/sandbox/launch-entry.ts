import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';

import { type SandboxRuntimeConfig, SandboxManager } from '@anthropic-ai/sandbox-runtime';

import { messageOf } from '../../../base/errors.ts';
import type { Launch, LaunchNews, LaunchOrder, WallTools } from './launch-order.ts';

/**
 * Stands between us and one confined process: srt protects what lies in the current folder of its process, and keeps one configuration for each
 * process, so every agent gets a launcher of its own. Its file descriptors 0, 1, 2 and, where wanted, 4 become those of the confined process; it speaks on 3.
 */
const channel = new Socket({ fd: 3 });
const lines = createInterface({ input: channel, crlfDelay: Infinity });
const tell = (news: LaunchNews) => new Promise<void>((resolve) => channel.write(`${JSON.stringify(news)}\n`, () => resolve()));

let tools: WallTools | undefined;
let end = (): void => process.exit(0);
let go = (): void => {};

// The current folder is the launcher's own at first.
const own = process.cwd();
process.once('exit', () => rmSync(own, { recursive: true, force: true }));
// Whoever started this is gone, and so is everybody who could stop what runs.
channel.on('error', () => end());
lines.on('close', () => end());
lines.on('line', (line) => {
  void obey(JSON.parse(line) as LaunchOrder).catch(refuse);
});

async function obey(order: LaunchOrder): Promise<void> {
  if ('tools' in order) {
    tools = order.tools;
    await unhurried(SandboxManager.initialize(configuration(tools)));
    SandboxManager.getSandboxViolationStore().subscribe(mention);
    await tell({ ready: true });
  } else if ('go' in order) {
    go();
  } else if (tools !== undefined) {
    await ('rehearsal' in order ? rehearse(order.rehearsal, tools) : launch(order.launch, tools));
  }
}

/** Milliseconds that socat takes to have its socket, and some. */
const SOCKET_MS = 5;

/**
 * srt starts socat and looks for its sockets at once, a millisecond later, and then not for 100. Nothing else is to be done here meanwhile: each turn of
 * the clock takes long enough for them to be there at the second look.
 */
async function unhurried(work: Promise<void>): Promise<void> {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const turns = setInterval(() => Atomics.wait(nothing, 0, 0, SOCKET_MS), 1);
  await work.finally(() => clearInterval(turns));
}

/** Starts a process that has nobody to speak with; if all goes well, another may come. */
async function rehearse(order: Launch, wallTools: WallTools): Promise<void> {
  const child = await confine(order, wallTools, ['ignore', 'ignore', 'pipe']);
  const said = child.stderr === null ? '' : text(child.stderr);
  const [code, signal] = (await once(child, 'close')) as ExitWords;
  SandboxManager.cleanupAfterCommand();
  if (code !== 0) throw new Error((await said).trim().split('\n').at(-1) || `it ended with ${signal ?? code}`);
  end = () => process.exit(0);
  await tell({ ready: true });
}

async function launch(order: Launch, wallTools: WallTools): Promise<void> {
  const stdio: StdioOptions = ['inherit', 'inherit', 'inherit', 'pipe', order.records ? 4 : 'ignore'];
  const child = await confine(order, wallTools, stdio);
  const exit = once(child, 'exit') as Promise<ExitWords>;
  // What stopped it has said so on stderr, which is read elsewhere.
  const inside = child.stdio[3] as Duplex;
  if (!(await announced(inside))) process.exit(1);
  go = () => void inside.end('\n');
  void exit.then(farewell, refuse);
  await tell({ started: true });
}

/** Whether whoever was started is inside, or has ended on the way there. */
function announced(inside: Duplex): Promise<boolean> {
  // Whoever is gone is not written to.
  inside.on('error', () => {});
  return new Promise((resolve) => {
    inside.once('data', () => resolve(true)).once('close', () => resolve(false));
  });
}

type ExitWords = [code: number | null, signal: string | null];

async function confine(order: Launch, { bash, ...programs }: WallTools, stdio: StdioOptions): Promise<ChildProcess> {
  process.chdir(order.workspace);
  const { filesystem } = order.walls;
  const allowRead = [...(filesystem.allowRead ?? []), ...order.mayRead.filter(isReadable)];
  SandboxManager.updateConfig(configuration({ bash, ...programs }, { ...order.walls, filesystem: { ...filesystem, allowRead } }));
  const command = await SandboxManager.wrapWithSandbox(order.script, bash);
  // Not an option of a name that bash obeys reaches this bash: `env` holds numbered values only, see inner-script.ts.
  const child = spawn(bash, ['--noprofile', '--norc', '-c', command], { stdio, env: { ...order.env } });
  end = () => {
    child.kill('SIGKILL');
    child.once('exit', () => process.exit(0));
  };
  return child;
}

let mentioning = false;

/** As soon as anything is kept back: a process that is ended from outside has no farewell. */
function mention(): void {
  if (mentioning) return;
  mentioning = true;
  setImmediate(() => {
    mentioning = false;
    void tellViolations();
  });
}

async function tellViolations(): Promise<void> {
  const violations = SandboxManager.getSandboxViolationStore().getViolations();
  await tell({ violations: violations.map(({ line }) => line) });
}

async function farewell([code, signal]: ExitWords): Promise<void> {
  SandboxManager.cleanupAfterCommand();
  await tellViolations();
  await tell({ ended: { code, signal } });
  process.exit(0);
}

async function refuse(error: unknown): Promise<void> {
  await tell({ failed: messageOf(error) });
  process.exit(1);
}

function configuration(
  { bwrap, socat, rg }: WallTools,
  walls: Pick<SandboxRuntimeConfig, 'network' | 'filesystem'> = {
    network: { allowedDomains: [], deniedDomains: [], strictAllowlist: true },
    filesystem: { denyRead: [], allowWrite: [], denyWrite: [] },
  },
): SandboxRuntimeConfig {
  return { ...walls, bwrapPath: bwrap, socatPath: socat, ripgrep: { command: rg } };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
