import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { buildGraph } from '../../../spec/build-graph.ts';
import { interpret } from '../../../spec/interpret.ts';
import type { Specification, TaskGraph } from '../../../spec/model.ts';
import type { Bundle } from '../../../spec/read-bundle.ts';
import { type DoneBox, doneBoxes, withOpenBoxes } from '../../../spec/work/box-guards.ts';
import { LOG_FILE } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { foresee } from '../../mission/foresight.ts';
import { SOURCE_TICKED } from '../../mission/tick-records.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { findBase } from '../apply/base-commit.ts';
import { withHistory } from '../host/history.ts';
import type { Configuration } from './configuration.ts';
import type { CallContext } from '../operations.ts';
import type { Roster } from '../host/roster.ts';
import { workspaceDir } from '../workspace.ts';

/** Tasks whose boxes were closed by `--tick` in this workspace, and stand as it left them. */
export interface OwnTicks {
  tasks: ReadonlySet<string>;
  /** What the bundle would say if the boxes of these were open. */
  reopened(tasks: ReadonlySet<string>): Promise<Specification>;
}

interface Input {
  bundle: string;
  dialect?: string;
}

export async function ownTicks(
  { specification, bundle }: { specification: Specification; bundle: Bundle },
  input: Input,
  context: CallContext,
): Promise<OwnTicks | undefined> {
  const done = doneBoxes(specification, bundle.files);
  const workspace = workspaceDir(context, input.bundle);
  if (done.size === 0 || !existsSync(join(workspace, LOG_FILE))) return undefined;
  const tasks = await withHistory({ ...context, workspace }, ({ log }) => tickedHere(log, done));
  if (tasks.size === 0) return undefined;
  const dialect = input.dialect === undefined ? {} : { dialect: input.dialect };
  const reopened = (ids: ReadonlySet<string>): Promise<Specification> => {
    const boxes = [...done].flatMap(([id, box]) => (ids.has(id) ? [box] : []));
    return interpret({ ...bundle, files: withOpenBoxes(bundle.files, boxes) }, dialect);
  };
  return { tasks, reopened };
}

/** A line must be, to the letter, the one that the tick has left. */
function tickedHere(log: LogReader, done: ReadonlyMap<string, DoneBox>): Set<string> {
  const own = new Set<string>();
  for (const { task = '', data } of log.entries({ kinds: [SOURCE_TICKED] })) {
    const box = done.get(task);
    if (box !== undefined && box.file === data['file'] && box.digest === data['after']) own.add(task);
  }
  return own;
}

/**
 * The graph, with the tasks in it that were ticked here, as long as their results are at hand: what they left is part of the product, and the
 * tasks behind them build on it. Where the repository has moved on, what they left is taken to be in it by now. Of a box that somebody else has closed nothing is known but its word, so its task is over.
 */
export async function withOwnTicks(
  { graph, own }: { graph: TaskGraph; own?: OwnTicks },
  { bundle, base: revision, roster }: { bundle: string; base?: string | undefined; roster: Roster },
  context: CallContext & { config: Configuration | undefined },
): Promise<TaskGraph> {
  if (own === undefined) return graph;
  const base = await findBase(
    buildGraph(await own.reopened(own.tasks)),
    { bundle, ...(revision !== undefined && { base: revision }) },
    context,
  );
  return withHistory({ ...context, workspace: workspaceDir(context, bundle) }, async ({ log, workspace }) => {
    const history = { log, store: openContentStore(workspace.dir) };
    // One without a result takes those with it that build on it; what is left then has all that it needs.
    for (let tasks = own.tasks; tasks.size > 0;) {
      const wider = buildGraph(await own.reopened(tasks));
      const foreseen = foresee(wider, { history, performerOf: roster.performerOf, force: new Set(), base: base?.key });
      const cached = new Set([...tasks].filter((id) => foreseen.get(id)?.cached === true));
      if (cached.size === tasks.size) return wider;
      tasks = cached;
    }
    return graph;
  });
}
