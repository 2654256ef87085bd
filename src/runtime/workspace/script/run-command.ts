import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { asWorkspaceError } from '../../../base/durable-file.ts';
import type { Tree } from '../../vault/artifact.ts';
import type { AgentResult, Brief, OutputFile } from '../agent.ts';
import { checkout } from '../checkout.ts';
import { collectChanges } from '../collect-changes.ts';
import { endOrphans } from '../orphans.ts';
import { cleanEnvironment } from '../process.ts';
import { productPathsFault } from '../product-path.ts';
import { removeFolder } from '../remove-folder.ts';
import { runLight } from '../run-light.ts';
import { runConfined } from '../sandbox/run-confined.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** What an attempt does before its command is run. */
interface Prepared {
  brief: Brief;
  written: readonly OutputFile[];
  removed: readonly string[];
}

/** Where commands run, and what they find there. */
export interface CommandBench {
  /** Folder for the copies that they run in; each is removed after its run. */
  scratch: string;
  /** Value of PATH. */
  path: string;
  /** Walls around what is run; without them it runs as we do, as commands of the user's own may. */
  confine?: Sandbox;
}

const TIMEOUT_MS = 3_600_000;

/** Characters of a command's last words that go into the reason of a failure. */
const MAX_WORDS = 2_000;

/**
 * Runs a command in a copy of the task's tree with `written` laid over it, and returns how what is there afterwards differs from that tree. The
 * environment is clean but for PATH; the files are the agent's own to keep within the task's scope. Throws `WORKSPACE_FULL` where there is no room for
 * the copy.
 */
export async function runCommand(
  argv: readonly [string, ...string[]],
  { brief, written, removed }: Prepared,
  { scratch, path, confine, signal }: CommandBench & { signal: AbortSignal },
): Promise<AgentResult> {
  const fault = productPathsFault([...written.map((file) => file.path), ...removed]);
  if (fault !== undefined) return { outcome: 'failed', reason: `${fault}.` };
  const tree = brief.tree();
  const folder = orWorkspaceError(scratch, () => takeFolder(scratch));
  let clean = false;
  try {
    orWorkspaceError(folder.root, () => layOut(folder, tree, { brief, written, removed }));
    const call = { cwd: folder.product, env: { ...folder.env, PATH: path }, timeoutMs: TIMEOUT_MS };
    const room = { workspace: folder.product, home: folder.home, temp: folder.home };
    const result =
      confine === undefined
        ? await runLight({ argv, ...call }, signal)
        : await runConfined(argv, { ...call, signal, sandbox: confine, room });
    if (result.ended === 'exited' && result.code === 0) {
      clean = tree.length === 0 && isUntouched(folder);
      return clean ? { outcome: 'done', files: [] } : changed(folder.product, tree);
    }
    const words = (result.stderr.trim() || result.stdout.trim()).slice(-MAX_WORDS);
    const how = result.ended === 'exited' ? `ended with ${result.code}` : `was ended (${result.signal ?? result.ended})`;
    return { outcome: 'failed', reason: `${argv[0]} ${how}${words === '' ? '.' : `: ${words}`}` };
  } catch (error) {
    // Nobody knows what became of the command: it may still be at work here.
    await endOrphans(folder.root);
    throw error;
  } finally {
    await giveBack(folder, { scratch, clean });
  }
}

/** That our own disk is full is no failure of the task. */
function orWorkspaceError<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    throw asWorkspaceError(error, path);
  }
}

interface RunFolder {
  root: string;
  product: string;
  home: string;
  /** Of what runs there; its home is made. */
  env: Readonly<Record<string, string>>;
  /** When product and home had last changed, in milliseconds since the epoch, as they were found empty. */
  changedAt?: readonly number[];
  /** When it was handed out. */
  taken: number;
}

/** Folders in which a command has left nothing at all, by scratch folder: making and removing one costs as much as starting a program. */
const untouched = new Map<string, RunFolder[]>();

function takeFolder(scratch: string): RunFolder {
  const taken = Date.now();
  const kept = untouched.get(scratch)?.pop();
  if (kept !== undefined) return { ...kept, taken };
  mkdirSync(scratch, { recursive: true });
  const root = mkdtempSync(join(scratch, 'run-'));
  const [product, home] = [join(root, 'product'), join(root, 'home')];
  mkdirSync(product);
  // One place for all that is thrown away: each that is looked at afterwards costs as much as a fiftieth of starting a program.
  return { root, product, home, env: cleanEnvironment(home, home), taken };
}

async function giveBack(folder: RunFolder, { scratch, clean }: { scratch: string; clean: boolean }): Promise<void> {
  if (clean) untouched.set(scratch, [...(untouched.get(scratch) ?? []), folder]);
  else await removeFolder(folder.root);
}

/** A change may bear the time of one that was so many milliseconds before it: file systems take theirs from a clock that ticks. */
const TICK = 100;

/**
 * Folders count too, and so does what lies in its home. What was empty, and has not changed since, is empty; that can be told by the time of its last change, unless that was
 * too shortly before the command (as git has it with its index).
 */
function isUntouched(folder: RunFolder): boolean {
  const { product, home, changedAt = [], taken } = folder;
  try {
    const now = [product, home].map((path) => statSync(path).ctimeMs);
    if (changedAt.length > 0 && now.every((at, index) => at === changedAt[index] && at < taken - TICK)) return true;
    folder.changedAt = now;
    return readdirSync(product).length === 0 && readdirSync(home).length === 0;
  } catch {
    // One of them is gone.
    return false;
  }
}

function layOut(folder: RunFolder, tree: Tree, { brief, written, removed }: Prepared): void {
  const paths = new Map(tree.map(({ path, digest }) => [digest, path]));
  if (tree.length > 0) checkout(tree, folder.product, (digest) => brief.read(paths.get(digest) ?? ''));
  for (const { path, content } of written) {
    const target = join(folder.product, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  for (const path of removed) rmSync(join(folder.product, path), { force: true });
}

function changed(root: string, tree: Tree): AgentResult {
  const changes = collectChanges(root, tree);
  if ('fault' in changes) return { outcome: 'failed', reason: `What it left cannot be kept: ${changes.fault}.` };
  return { outcome: 'done', files: changes.files, ...(changes.removed.length > 0 && { removed: changes.removed }) };
}
