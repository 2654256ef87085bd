import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { counted } from '../../../base/text.ts';
import type { Tree } from '../../vault/artifact.ts';
import type { AgentResult, Brief, OutputFile } from '../agent.ts';
import { checkout } from '../checkout.ts';
import { collectChanges } from '../collect-changes.ts';
import { cleanEnvironment, runProcess } from '../process.ts';
import { productPathsFault } from '../product-path.ts';

/** Where commands run, and what they find there. */
export interface CommandBench {
  /** Folder for the copies that they run in; each is removed after its run. */
  scratch: string;
  /** Value of PATH. */
  path: string;
}

const TIMEOUT_MS = 3_600_000;

/** Characters of a command's last words that go into the reason of a failure. */
const MAX_WORDS = 2_000;

/**
 * Runs a command in a copy of the task's tree with `written` laid over it, and returns all files that differ from that tree afterwards. The
 * environment is clean but for PATH; the files are the agent's own to keep within the task's scope.
 */
export async function runCommand(
  argv: readonly [string, ...string[]],
  { brief, written }: { brief: Brief; written: readonly OutputFile[] },
  { scratch, path, signal }: CommandBench & { signal: AbortSignal },
): Promise<AgentResult> {
  const fault = productPathsFault(written.map((file) => file.path));
  if (fault !== undefined) return { outcome: 'failed', reason: `${fault}.` };
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'run-'));
  try {
    const tree = brief.tree();
    const root = layOut(folder, tree, { brief, written });
    const env = { ...cleanEnvironment(join(folder, 'home')), PATH: path };
    const result = await runProcess(argv, { cwd: root, env, timeoutMs: TIMEOUT_MS, signal });
    if (result.ended === 'exited' && result.code === 0) return changed(root, tree);
    const words = (result.stderr.trim() || result.stdout.trim()).slice(-MAX_WORDS);
    const how = result.ended === 'exited' ? `ended with ${result.code}` : `was ended (${result.signal ?? result.ended})`;
    return { outcome: 'failed', reason: `${argv[0]} ${how}${words === '' ? '.' : `: ${words}`}` };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function layOut(folder: string, tree: Tree, { brief, written }: { brief: Brief; written: readonly OutputFile[] }): string {
  const root = join(folder, 'product');
  const paths = new Map(tree.map(({ path, digest }) => [digest, path]));
  checkout(tree, root, (digest) => brief.read(paths.get(digest) ?? ''));
  for (const { path, content } of written) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return root;
}

function changed(root: string, tree: Tree): AgentResult {
  const changes = collectChanges(root, tree);
  if ('fault' in changes) return { outcome: 'failed', reason: `What it left cannot be kept: ${changes.fault}.` };
  if (changes.removed.length > 0) {
    const [first] = changes.removed;
    return {
      outcome: 'failed',
      reason: `It removed ${counted(changes.removed.length, 'file')} (${first}); a task adds and changes.`,
    };
  }
  return { outcome: 'done', files: changes.files };
}
