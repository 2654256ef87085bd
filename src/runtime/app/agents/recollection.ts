import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import type { Log } from '../../log/log.ts';
import type { Brief } from '../../workspace/agent.ts';
import type { AgentMemory, MemoryAttempt } from '../../workspace/host/agent-memory.ts';
import type { Remembered } from '../../workspace/host/brief/brief-text.ts';
import type { Embedder } from '../../workspace/memory/embedder.ts';
import type { Memory } from '../../workspace/memory/memory.ts';
import type { MemoryServer } from '../../workspace/memory/memory-server.ts';
import type { Redactor } from '../../workspace/secrets/redactor.ts';

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

/** What this process has of its workspace's memory, for those who work in it. */
export interface Recollection {
  recollect: Recollect;
  memoryFor: (attempt: MemoryAttempt) => Promise<AgentMemory | undefined>;
  close: () => void;
}

/** The memory of the workspace that this process writes to: opened when somebody first wants to know something, and told then of what has become of its files. */
export function recollection(dir: string, { log, redactor }: { log: Log; redactor: Pick<Redactor, 'text'> }): Recollection {
  let opening: Promise<Memory> | undefined;
  let listening: Promise<MemoryServer> | undefined;
  let closed = false;
  const open = async (): Promise<Memory> => {
    const [{ openMemory }, { openEmbedder }] = await Promise.all([
      import('../../workspace/memory/memory.ts'),
      import('../memory/memory-embedder.ts'),
    ]);
    return openMemory(dir, { clock: systemClock, log, ...(await embedderIn(openEmbedder)) });
  };
  const current = async (): Promise<Memory> => {
    const memory = await (opening ??= open());
    const { reconcile } = await import('../../workspace/memory/remember.ts');
    await memory.refresh();
    await reconcile({ memory, log });
    return memory;
  };
  return {
    async recollect({ task }, mayRecall) {
      if (closed) return [];
      const memory = await current();
      const scopes = memory.scopes().flatMap(({ name }) => (mayRecall(name) ? [name] : []));
      if (scopes.length === 0) return [];
      const { recall } = await import('../../workspace/memory/recall.ts');
      return recall(memory, `${task.title} ${JSON.stringify(task.fragment)}`.slice(0, QUESTION), { scopes, limit: MOST });
    },
    async memoryFor(attempt) {
      if (closed) return undefined;
      const memory = await current();
      const scopes = scopesFor(attempt, memory);
      if (scopes.read.length + scopes.write.length === 0) return undefined;
      const server = await (listening ??= listen());
      const add = (entry: Said): Promise<void> => keep(entry, attempt, { memory, log, redactor });
      const { read, write } = attempt.terms.memory;
      // What patterns allow depends on what there was.
      if (scopes.read.length > read.length || scopes.write.length > write.length)
        await attempt.note({ use: 'open' }, { ...scopes });
      const pass = server.open({ memory, ...scopes, record: attempt.record, add, note: attempt.note });
      return { pass, address: server.address, scopes };
    },
    close() {
      closed = true;
      void listening?.then((server) => server.close()).catch(() => undefined);
      void opening?.then((memory) => memory.close()).catch(() => undefined);
    },
  };
}

async function listen(): Promise<MemoryServer> {
  const { openMemoryServer } = await import('../../workspace/memory/memory-server.ts');
  return openMemoryServer();
}

/** Those that its profile names, whether anything is in them or not, and those that are there and that a pattern of it allows. */
function scopesFor({ terms }: MemoryAttempt, memory: Memory): AgentMemory['scopes'] {
  const there = memory.scopes().map(({ name }) => name);
  const allowed = (kind: 'recall' | 'remember', named: readonly string[]): string[] => {
    const found = there.filter((scope) => terms.decide({ kind, scope }).verdict === 'allow');
    return [...new Set([...named, ...found])].toSorted(compareText);
  };
  return { read: allowed('recall', terms.memory.read), write: allowed('remember', terms.memory.write) };
}

interface Said {
  scope: string;
  kind: string;
  text: string;
}

/** What an agent says is nothing that anybody vouches for, and its files lie in a repository: no secret goes there. */
async function keep(
  entry: Said,
  { agent, brief }: MemoryAttempt,
  { memory, log, redactor }: { memory: Memory; log: Log; redactor: Pick<Redactor, 'text'> },
): Promise<void> {
  const { remember } = await import('../../workspace/memory/remember.ts');
  const { mission, task, attempt } = brief;
  const said = { ...entry, text: redactor.text(entry.text), agent, provenance: { mission, task: task.id, attempt } };
  await remember(said, { memory, log, clock: systemClock }, { trust: 'untrusted' });
}
