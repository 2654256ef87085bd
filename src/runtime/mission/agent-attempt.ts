import { timestamp } from '../../base/clock.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
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
  const usage = result.usage === undefined ? {} : { usage: result.usage };
  if (result.outcome === 'failed') return failed(result.reason, usage);
  const fault = scopeFault(attempt, result.files) ?? secretFault(result.files, bench);
  if (fault !== undefined) return failed(fault, usage);
  const tree = await keep(result.files, bench);
  const evidence = await recordProvenance(attempt, tree, {
    notary: bench,
    agent: { name: agent.name, version: agent.versionFor(attempt.task) },
    finishedAt: timestamp(bench.clock),
  });
  return { outcome: 'succeeded', tree, output: outputOf(attempt, tree), evidence, ...usage };
}

/**
 * What dependents see. A task of the source may look at every file below it, so what it hands on stands for those too: else a task behind it would
 * not run again when one of them changes.
 */
function outputOf({ task, inputs }: Attempt, tree: Tree): Digest {
  const left = treeDigest(tree);
  return task.kind === 'work' ? digestOf({ left, below: Object.fromEntries(inputs) }) : left;
}

async function perform(
  attempt: Attempt,
  agent: Agent,
  { bench, signal }: { bench: Workbench; signal: AbortSignal },
): Promise<AgentResult> {
  let digests: Map<string, Digest> | undefined;
  const brief = {
    mission: attempt.mission,
    task: attempt.task,
    attempt: attempt.number,
    needs: attempt.needs,
    tree: attempt.tree,
    read(path: string): Uint8Array {
      digests ??= new Map(attempt.tree().map((artifact) => [artifact.path, artifact.digest]));
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

/**
 * Why the files cannot be accepted: paths that leave the product or clash, or that the task was not given to write. What a task of the source
 * names is what it is about, and no limit: nobody who lists tasks lists every file.
 */
function scopeFault({ task }: Attempt, files: readonly OutputFile[]): string | undefined {
  const fault = productPathsFault(files.map(({ path }) => path));
  if (fault !== undefined) return fault;
  if (task.kind === 'work') return undefined;
  const mayWrite = writeScope(task.writes);
  const stray = files.find(({ path }) => !mayWrite(path));
  return stray && `Wrote ${stray.path}, outside of its scope (${task.writes.join(', ')}).`;
}

/** A secret in a product would be published with it. Taking it out would leave what nobody has made: so none of it is kept. */
function secretFault(files: readonly OutputFile[], { redactor }: Workbench): string | undefined {
  if (redactor.isEmpty) return undefined;
  for (const { path, content } of files) {
    const [name] = [...redactor.found(path), ...redactor.found(content)];
    if (name !== undefined) return `Left the secret ${name} in ${redactor.text(path)}.`;
  }
  return undefined;
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

function failed(reason: string, usage: Pick<AttemptResult, 'usage'>): AttemptResult {
  return { outcome: 'failed', reason, evidence: [], ...usage };
}
