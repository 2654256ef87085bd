import { existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { innerScript } from './inner-script.ts';
import type { Launch, WallTools } from './launch-order.ts';
import { Launcher } from './launcher.ts';
import { NOBODY, openWay, prepareFolders, refuseClosedWay } from './prepare-folders.ts';
import { type ConfinedProcess, type Confinement, DEFAULT_LIMITS, type Missing, type Sandbox } from './sandbox.ts';
import { supervise } from './supervise.ts';
import { wallTools } from './wall-tools.ts';
import { PLACEHOLDERS, programFolders, walls } from './walls.ts';
import { isWithin, outermost } from './within.ts';

interface Ground {
  tools: WallTools;
  /** Folder of srt, which its helpers are in. */
  runtime: string;
  /** Whom the process runs as, where we are root. */
  user: { uid: number; gid: number } | undefined;
}

interface SrtOptions {
  /** Where the programs that build the walls lie; by default where systems keep theirs. */
  folders?: readonly string[];
}

/**
 * Walls of `@anthropic-ai/sandbox-runtime`: namespaces by bubblewrap, a seccomp filter, and a proxy as the only way to the network. Linux only:
 * what was never tried is no wall. Where we are root, processes run as nobody: root inside a user namespace is root to `/proc/sys`.
 */
export function createSrtSandbox({ folders }: SrtOptions = {}): Sandbox {
  let spare: Launcher | undefined;
  let proven: Promise<readonly Missing[]> | undefined;
  let started = 0;
  const raise = () => {
    const ground = findGround(folders);
    if (!('missing' in ground) && (spare === undefined || spare.gone)) spare = new Launcher(ground.tools, ground.user);
  };
  const take = ({ tools, user }: Ground) => {
    if (spare?.gone === true) spare.dismiss();
    const launcher = spare === undefined || spare.gone ? new Launcher(tools, user) : spare;
    spare = undefined;
    launcher.process.hold(true);
    return launcher;
  };
  const prove = async (ground: Ground): Promise<Missing[]> => {
    const launcher = take(ground);
    const lacks = await rehearse(launcher, ground);
    launcher.process.hold(false);
    if (lacks.length > 0) launcher.dismiss();
    else spare = launcher;
    return lacks;
  };
  const missing = async () => {
    const ground = findGround(folders);
    if ('missing' in ground) return ground.missing;
    proven ??= prove(ground);
    const found = await proven;
    // Whoever installs what is missing need not start again.
    if (found.length > 0) proven = undefined;
    return found;
  };
  return {
    name: 'srt',
    missing,
    raise,
    async start(argv, confinement, signal) {
      const ground = findGround(folders);
      const [first] = 'missing' in ground ? ground.missing : ((await proven) ?? []);
      if (first !== undefined || 'missing' in ground) throw unavailable(first);
      const launcher = take(ground);
      try {
        const child = await launch(launcher, { argv, confinement, ground, signal });
        // One that is inside proves more than a rehearsal.
        proven = Promise.resolve([]);
        return child;
      } finally {
        // Starting one costs as much as all else: where one process followed another, the next finds it ready.
        if (started++ > 0) spare ??= new Launcher(ground.tools, ground.user);
      }
    },
  };
}

/** Workspaces with a process in them: what stands for files that must not be made would go with the first of two that ends. */
const occupied = new Set<string>();

async function launch(
  launcher: Launcher,
  {
    argv,
    confinement,
    ground,
    signal,
  }: { argv: readonly string[]; confinement: Confinement; ground: Ground; signal: AbortSignal },
): Promise<ConfinedProcess> {
  const { workspace } = confinement;
  refuseOccupied(workspace, launcher);
  try {
    const free = PLACEHOLDERS.filter((name) => !exists(join(workspace, name)));
    await launcher.launch(orderOf(argv, confinement, { launcher, ground, announced: true }));
    return supervise({
      process: launcher.process,
      exit: launcher.exit,
      launcher: true,
      confinement,
      signal,
      violations: () => launcher.violations,
      after: () => {
        for (const name of free) removeEmpty(join(workspace, name));
        occupied.delete(workspace);
        launcher.dismiss();
      },
    });
  } catch (error) {
    occupied.delete(workspace);
    launcher.dismiss();
    throw error;
  }
}

/** What the launcher is told; what the process may write is its own afterwards. Throws `SANDBOX_MISSING`, `WORKSPACE_UNWRITABLE`. */
function orderOf(
  argv: readonly string[],
  confinement: Confinement,
  { launcher, ground, announced }: { launcher: Launcher; ground: Ground; announced: boolean },
): Launch {
  const { workspace, home, temp } = confinement;
  const writable = [workspace, home, temp];
  for (const own of [ground.runtime, process.execPath, import.meta.dirname]) refuseWithin(realpathSync(own), writable);
  prepareFolders(outermost(writable), ground.user);
  if (ground.user !== undefined) {
    openWay(confinement);
    writable.forEach(refuseClosedWay);
  }
  const env = { ...confinement.env, ...NETWORK, ...(confinement.hosts.length > 0 && NODE_PROXY) };
  const records = confinement.records === true;
  const { script, carried } = innerScript(argv, { env, limits: confinement.limits, records, announced });
  const denyRead = [...confinement.denyRead, homedir()].flatMap(realFolder);
  return {
    workspace,
    walls: walls({ ...confinement, denyRead }, [launcher.temp, ground.runtime]),
    mayRead: [dirname(process.execPath), ...programFolders(env), ...argv.slice(0, 1).filter(isAbsolute)],
    script,
    records,
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...carried },
  };
}

/**
 * srt exempts private networks from its proxy, where nothing else leads to them. Only the loopback of the process itself is its own to speak
 * with; the model gateway is at 127.0.0.2 for that reason.
 */
const NETWORK = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };

/** Node follows proxy variables when it is told to. That doubles the time it takes to start, which where nothing lies behind the proxy is for nothing. */
const NODE_PROXY = { NODE_USE_ENV_PROXY: '1' };

function findGround(folders?: readonly string[]): Ground | { missing: Missing[] } {
  if (process.platform !== 'linux') {
    return {
      missing: [
        {
          what: `there is none for ${process.platform} yet`,
          hint: 'Run it on Linux, or in a Linux container or virtual machine.',
        },
      ],
    };
  }
  const tools = wallTools(folders);
  const runtime = runtimeFolder();
  const absent = [
    ...('missing' in tools ? tools.missing : []),
    ...(runtime === undefined
      ? [
          {
            what: '@anthropic-ai/sandbox-runtime is not installed',
            hint: 'Install agentnexus again.',
          },
        ]
      : []),
  ];
  if ('missing' in tools || runtime === undefined) return { missing: absent };
  return { tools, runtime, user: process.geteuid?.() === 0 ? NOBODY : undefined };
}

function runtimeFolder(): string | undefined {
  try {
    return realpathSync(join(dirname(fileURLToPath(import.meta.resolve('@anthropic-ai/sandbox-runtime'))), '..'));
  } catch {
    return undefined;
  }
}

/** Whether a process can be confined here at all is found out by doing it, by the launcher of the first one. */
async function rehearse(launcher: Launcher, ground: Ground): Promise<Missing[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'anx-probe-')));
  try {
    const [workspace, home, temp] = ['workspace', 'home', 'tmp'].map((name) => join(root, name)) as [string, string, string];
    for (const folder of [workspace, home, temp]) mkdirSync(folder);
    const env = { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: temp };
    // As for others: reached by whoever it runs as.
    if (process.geteuid?.() === 0) prepareFolders([root], NOBODY);
    const confinement = { workspace, home, temp, read: [], denyRead: [], denyWrite: [], hosts: [], env, limits: DEFAULT_LIMITS };
    await launcher.rehearse(orderOf(['true'], confinement, { launcher, ground, announced: false }));
    return [];
  } catch (error) {
    const told = error instanceof NexusError ? error.details?.['why'] : undefined;
    return [unconfinable(typeof told === 'string' && told !== '' ? told : messageOf(error))];
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

function unconfinable(why: string): Missing {
  const asRoot =
    process.geteuid?.() === 0 ? ' As root, processes run as uid 65534, which must be able to read Node.js and agentnexus.' : '';
  return {
    what: `a process cannot be confined (${why})`,
    hint:
      'It takes unprivileged user namespaces: user.max_user_namespaces and kernel.unprivileged_userns_clone above 0, on Ubuntu ' +
      `kernel.apparmor_restrict_unprivileged_userns=0, in a container \`--security-opt seccomp=unconfined\`; and a temporary folder that programs may be run from.${asRoot}`,
  };
}

function unavailable(missing: Missing | undefined): NexusError {
  return new NexusError('SANDBOX_MISSING', `There is no sandbox here: ${missing?.what ?? 'it is gone'}.`, {
    hint: missing?.hint ?? 'Run `spec-kit doctor` to see what is missing.',
  });
}

function refuseOccupied(workspace: string, launcher: Launcher): void {
  if (!occupied.has(workspace)) {
    occupied.add(workspace);
    return;
  }
  launcher.dismiss();
  throw new NexusError('WORKSPACE_UNWRITABLE', `Nothing more is confined to ${workspace} while a process is in it.`, {
    details: { path: workspace },
  });
}

/** A process that could rewrite what confines it would not be confined the next time. */
function refuseWithin(own: string, writable: readonly string[]): void {
  const folder = writable.find((each) => isWithin(own, each));
  if (folder === undefined) return;
  throw new NexusError('SANDBOX_MISSING', `${own} lies in ${folder}, which the process could write to.`, {
    hint: 'Install agentnexus outside of what agents work on.',
  });
}

/** What is not there needs no wall, and would get a mount point on the host; the root is not to be hidden as a whole. */
function realFolder(path: string): string[] {
  return isAbsolute(path) && existsSync(path) && realpathSync(path) !== '/' ? [realpathSync(path)] : [];
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** What stood for something that must not be made, and was not there before: nobody could write to it. */
function removeEmpty(path: string): void {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) rmdirSync(path);
    else if (found?.isFile() === true && found.size === 0) rmSync(path);
  } catch {
    // Not empty: it is what the process made, and is judged as such.
  }
}
