import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Log } from '../../log/log.ts';
import type { Brief } from '../../workspace/agent.ts';
import type { Remembered } from '../../workspace/host/brief/brief-text.ts';
import type { Embedder } from '../../workspace/memory/embedder.ts';
import type { Memory } from '../../workspace/memory/memory.ts';

/** What is remembered that bears on a task, of the scopes that may be looked into. */
export type Recollect = (brief: Brief, mayRecall: (scope: string) => boolean) => Promise<readonly Remembered[]>;

/** Characters of a task that are asked for, and entries that a brief has room for. */
const QUESTION = 2000;
const MOST = 8;

/** A server that makes no vectors keeps nobody from working: words are there. */
async function embedderIn(open: () => Promise<Embedder>): Promise<{ embedder?: Embedder }> {
  try {
    return { embedder: await open() };
  } catch (error) {
    if (error instanceof NexusError && error.code === 'EMBEDDER_FAILED') return {};
    throw error;
  }
}

/** The memory of the workspace that this process writes to: opened when somebody first wants to know something, and told then of what has become of its files. */
export function recollection(dir: string, log: Log): { recollect: Recollect; close: () => void } {
  let opening: Promise<Memory> | undefined;
  let closed = false;
  const open = async (): Promise<Memory> => {
    const [{ openMemory }, { openEmbedder }] = await Promise.all([
      import('../../workspace/memory/memory.ts'),
      import('../memory-embedder.ts'),
    ]);
    return openMemory(dir, { clock: systemClock, log, ...(await embedderIn(openEmbedder)) });
  };
  return {
    async recollect({ task }, mayRecall) {
      if (closed) return [];
      const memory = await (opening ??= open());
      const { reconcile } = await import('../../workspace/memory/remember.ts');
      await memory.refresh();
      await reconcile({ memory, log });
      const scopes = memory.scopes().flatMap(({ name }) => (mayRecall(name) ? [name] : []));
      if (scopes.length === 0) return [];
      const { recall } = await import('../../workspace/memory/recall.ts');
      return recall(memory, `${task.title} ${JSON.stringify(task.fragment)}`.slice(0, QUESTION), { scopes, limit: MOST });
    },
    close() {
      closed = true;
      void opening?.then((memory) => memory.close()).catch(() => undefined);
    },
  };
}
