import type { EntryDraft } from '../log/entry.ts';
import type { Chronicle } from '../policy/agent-event.ts';
import { agentEvent } from './agent-records.ts';
import type { TaskIdentity } from './records.ts';

/** One event after another: each is durable, behind those that came before it, when its promise resolves. */
export function chronicleOf(task: TaskIdentity, attempt: number, append: (drafts: EntryDraft[]) => Promise<void>): Chronicle {
  let last: Promise<unknown> = Promise.resolve();
  return (event) => {
    const written = last.then(() => append([agentEvent(task, { attempt, event })]));
    last = written.catch(() => undefined);
    return written;
  };
}
