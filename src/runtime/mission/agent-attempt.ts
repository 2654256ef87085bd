import { timestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { compareText } from '../../base/text.ts';
import { type Artifact, type Tree, treeDigest } from '../vault/artifact.ts';
import type { Agent, AgentResult, OutputFile } from '../workspace/agent.ts';
import { productPathsFault } from '../workspace/product-path.ts';
import { writeScope } from '../workspace/write-scope.ts';
import { recordProvenance } from './evidence.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import type { Workbench } from './workbench.ts';

/**
 * One attempt by an agent: perform, hold what it left against what the task may write, store, sign. Nothing of an attempt that
 * stepped out of its scope is kept.
 */
export async function runAgent(
  attempt: Attempt,
  agent: Agent,
  { bench, signal }: { bench: Workbench; signal: AbortSignal },
): Promise<AttemptResult> {
  const result = await perform(attempt, agent, { bench, signal });
  if (result.outcome === 'failed') return failed(result.reason);
  const fault = scopeFault(attempt, result.files);
  if (fault !== undefined) return failed(fault);
  const tree = await keep(result.files, bench);
  const evidence = await recordProvenance(attempt, tree, {
    notary: bench,
    agent: { name: agent.name, version: agent.version },
    finishedAt: timestamp(bench.clock),
  });
  return { outcome: 'succeeded', tree, output: treeDigest(tree), evidence };
}

async function perform(
  attempt: Attempt,
  agent: Agent,
  { bench, signal }: { bench: Workbench; signal: AbortSignal },
): Promise<AgentResult> {
  const digests = new Map([...attempt.needs.values()].flat().map(({ path, digest }) => [path, digest]));
  const brief = {
    mission: attempt.mission,
    task: attempt.task,
    attempt: attempt.number,
    needs: attempt.needs,
    read(path: string): Uint8Array {
      const digest = digests.get(path);
      if (digest === undefined) throw new RangeError(`${path} is in no output this task needs`);
      return bench.store.get(digest);
    },
    ...(attempt.feedback === undefined ? {} : { feedback: attempt.feedback }),
  };
  try {
    return await agent.perform(brief, signal);
  } catch (error) {
    return { outcome: 'failed', reason: `Agent ${agent.name} broke: ${messageOf(error)}` };
  }
}

/** Why the files cannot be accepted: paths that leave the product or clash, or that the task was not given to write. */
function scopeFault({ task }: Attempt, files: readonly OutputFile[]): string | undefined {
  const fault = productPathsFault(files.map(({ path }) => path));
  if (fault !== undefined) return fault;
  const mayWrite = writeScope(task.writes);
  const stray = files.find(({ path }) => !mayWrite(path));
  return stray && `Wrote ${stray.path}, outside of its scope (${task.writes.join(', ')}).`;
}

async function keep(files: readonly OutputFile[], bench: Workbench): Promise<Tree> {
  const contents = files.map(({ content }) => Buffer.from(content));
  const digests = await bench.store.putMany(contents);
  return files
    .map(({ path, type }, at): Artifact => {
      const [digest, content] = [digests[at], contents[at]];
      if (digest === undefined || content === undefined) throw new RangeError('the store lost a file');
      return { path, digest, size: content.length, type };
    })
    .sort((a, b) => compareText(a.path, b.path));
}

function failed(reason: string): AttemptResult {
  return { outcome: 'failed', reason, evidence: [] };
}
