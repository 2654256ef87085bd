import type { EntryDraft } from '../log/entry.ts';
import type { Chronicle } from '../policy/agent-event.ts';
import { agentEvent } from './agent-records.ts';
import type { TaskIdentity } from './records.ts';

/**
 * One event after another: each is durable, behind those that came before it, when its promise resolves. `steps` gives the entries' places in the log, once all that
 * was told is there.
 */
export function chronicleOf(
  task: TaskIdentity,
  attempt: number,
  append: (drafts: EntryDraft[]) => Promise<readonly number[]>,
): { chronicle: Chronicle; steps: () => Promise<readonly number[]> } {
  const written: number[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const chronicle: Chronicle = (event) => {
    const writing = last.then(() => append([agentEvent(task, { attempt, event })])).then((seqs) => void written.push(...seqs));
    last = writing.catch(() => undefined);
    return writing;
  };
  return { chronicle, steps: () => last.then(() => written) };
}
