import { writeDurably } from '../../../base/durable-file.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { counted } from '../../../base/text.ts';
import type { Specification } from '../../../spec/model.ts';
import type { Drift } from '../../../spec/lock/compare-locks.ts';
import type { GraphLock } from '../../../spec/lock/graph-lock.ts';
import { isSettled } from '../../../spec/work/marks.ts';
import { shownBundle } from '../../workspace/git-address.ts';
import type { ReadSpecification } from './specification.ts';
import type { LockView } from '../views.ts';

/** Lines of a diff that an error shows; its details have all of it. */
const MOST_LINES = 100;

const ELSEWHERE = 'accept it where the specification is written, and commit the lock with it';

/** Throws `SPEC_DRIFT` if the graph is not the accepted one, `LOCK_MISSING` or `LOCK_INVALID` if that cannot be told. */
export async function refuseDrift(read: ReadSpecification, bundle: string): Promise<void> {
  const { path, text, fixed } = read.lock;
  const accept = fixed === undefined ? `accept it by \`spec-kit plan ${shownBundle(bundle)} --lock\`` : ELSEWHERE;
  if (text === undefined) {
    throw new NexusError('LOCK_MISSING', `There is no lock file at ${path}.`, {
      hint: `Look at the graph, and ${accept}.`,
      details: { lock: path },
    });
  }
  const drift = await driftSince(text, read);
  if (drift === undefined) return;
  const { driftLines } = await import('../../../spec/lock/drift-lines.ts');
  const lines = driftLines(drift);
  const more = lines.length - MOST_LINES;
  throw new NexusError(
    'SPEC_DRIFT',
    `The task graph is not the accepted one of ${path}: ${counted(lines.length, 'difference')}.`,
    {
      hint: `If that is meant, ${accept}.`,
      details: { lock: path, diff: more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more`] : lines, drift },
    },
  );
}

/** Writes the graph to the lock file, unless that one says the same already. */
export async function acceptGraph(read: ReadSpecification, bundle: string): Promise<LockView> {
  const { path, text, fixed } = read.lock;
  if (fixed !== undefined) {
    throw new NexusError('USAGE', `A lock cannot be written for ${shownBundle(bundle)}: ${fixed}.`, {
      hint: `Look at the graph, and ${ELSEWHERE}.`,
    });
  }
  const tasks = read.graph.tasks.length;
  let drift: Drift | undefined;
  if (text !== undefined) {
    try {
      drift = await driftSince(text, read);
      if (drift === undefined) return { path, state: 'unchanged', tasks, diff: [] };
    } catch (error) {
      // In the middle of a merge, say: what cannot be read says nothing that is lost.
      if (!(await import('../../../spec/lock/read-lock.ts')).isOwnLock(text)) throw error;
    }
  }
  const [{ lockText }, { driftLines }] = await Promise.all([
    import('../../../spec/lock/write-lock.ts'),
    import('../../../spec/lock/drift-lines.ts'),
  ]);
  write(path, lockText(await lockNow(read)));
  return { path, state: 'written', tasks, diff: drift === undefined ? [] : driftLines(drift) };
}

/** What there is to accept; the name of the bundle's folder is none of it. */
async function lockNow({ specification, graph }: ReadSpecification): Promise<GraphLock> {
  const { lockOf } = await import('../../../spec/lock/graph-lock.ts');
  if (specification.untitled === undefined) return lockOf(specification, graph);
  const { buildGraph } = await import('../../../spec/build-graph.ts');
  return lockOf(specification, buildGraph({ ...specification, ...specification.untitled }));
}

async function driftSince(text: string, read: ReadSpecification): Promise<Drift | undefined> {
  const now = await lockNow(read);
  const { lockText } = await import('../../../spec/lock/write-lock.ts');
  // The same bytes need no parser, which costs more than everything else here.
  if (text === lockText(now)) return undefined;
  const [{ readLock }, { driftBetween }] = await Promise.all([
    import('../../../spec/lock/read-lock.ts'),
    import('../../../spec/lock/compare-locks.ts'),
  ]);
  return driftBetween(readLock(text, read.lock.path), now, settledTasks(read.specification));
}

function settledTasks({ elements }: Specification): Set<string> {
  return new Set(elements.flatMap((each) => (each.kind === 'work' && isSettled(each.status) ? [each.id] : [])));
}

function write(path: string, text: string): void {
  try {
    writeDurably(path, text);
  } catch (error) {
    throw new NexusError('LOCK_UNWRITABLE', `Cannot write ${path}: ${messageOf(error)}`, {
      hint: 'Give yourself write access to the folder of the specification.',
      details: { lock: path },
      cause: error,
    });
  }
}
