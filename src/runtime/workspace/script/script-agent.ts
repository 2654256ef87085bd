import { setTimeout as wait } from 'node:timers/promises';

import { type Digest, digestOf } from '../../../base/digest.ts';
import { counted } from '../../../base/text.ts';
import type { Agent, AgentResult, Brief, OutputFile } from '../agent.ts';
import { artifactTypeOf } from '../artifact-type.ts';
import { type CommandBench, runCommand } from './run-command.ts';
import { attemptOf, entryFor, type Script, type ScriptedAttempt, type ScriptedTask } from './script.ts';

/** Bumped when the same script would do another thing. */
const VERSION = '1';

/**
 * An agent that does what a file says: whole missions without a model, for demonstrations, tests, and commands that are to be run as
 * tasks. A change to what the file says about one task makes that task run again, and no other.
 */
export function createScriptAgent(script: Script, bench: CommandBench): Agent {
  // Asked for again and again, and one entry may stand for thousands of tasks.
  const digests = new Map<ScriptedTask | undefined, Digest>();
  return {
    name: 'script',
    versionFor(task) {
      const entry = entryFor(script, task);
      const digest = digests.get(entry) ?? digestOf({ ...entry });
      digests.set(entry, digest);
      return `${VERSION}+${digest}`;
    },
    async perform(brief, signal) {
      const entry = entryFor(script, brief.task);
      if (entry === undefined) return { outcome: 'failed', reason: `The script says nothing about ${nameOf(brief.task)}.` };
      return play(attemptOf(entry, brief.attempt), brief, { bench, signal });
    },
  };
}

function nameOf({ id, sourceId }: Brief['task']): string {
  return sourceId === undefined || sourceId === id ? id : `${id} (${sourceId})`;
}

async function play(
  attempt: ScriptedAttempt,
  brief: Brief,
  { bench, signal }: { bench: CommandBench; signal: AbortSignal },
): Promise<AgentResult> {
  const usage = attempt.usage === undefined ? {} : { usage: attempt.usage };
  try {
    if (attempt.waits !== undefined) await wait(attempt.waits, undefined, { signal });
  } catch {
    return { outcome: 'failed', reason: 'It was stopped.', ...usage };
  }
  const written = Object.entries(attempt.writes ?? {}).map(([path, content]): OutputFile => ({
    path,
    content,
    type: artifactTypeOf(path),
  }));
  const removed = attempt.removes ?? [];
  if (attempt.run === undefined) return ended(attempt, { files: written, removed }, usage);
  const run = await runCommand(attempt.run, { brief, written, removed }, { ...bench, signal });
  return run.outcome === 'failed' ? { ...run, ...usage } : ended(attempt, run, usage);
}

type Left = Pick<Extract<AgentResult, { outcome: 'done' }>, 'files' | 'removed'>;

function ended({ fails }: ScriptedAttempt, { files, removed = [] }: Left, usage: Pick<AgentResult, 'usage'>): AgentResult {
  if (fails === undefined) return { outcome: 'done', files, ...(removed.length > 0 && { removed }), ...usage };
  const left = files.length === 0 ? '' : ` ${counted(files.length, 'file')} thrown away.`;
  return { outcome: 'failed', reason: `${fails}${left}`, ...usage };
}
