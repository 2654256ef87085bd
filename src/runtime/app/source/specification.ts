import { NexusError } from '../../../base/errors.ts';
import { counted } from '../../../base/text.ts';
import { buildGraph } from '../../../spec/build-graph.ts';
import type { Diagnostic } from '../../../spec/diagnostics.ts';
import { interpret } from '../../../spec/interpret.ts';
import { applyLevels } from '../../../spec/levels/level-rules.ts';
import type { Specification, Task, TaskGraph } from '../../../spec/model.ts';
import { type BoxGuards, boxGuards } from '../../../spec/work/box-guards.ts';
import { shownBundle } from '../../workspace/git-address.ts';
import type { Configuration } from './configuration.ts';
import type { LockFile, Source } from './open-source.ts';
import type { CallContext } from '../operations.ts';
import { type OwnTicks, ownTicks } from './own-ticks.ts';

export interface ReadSpecification {
  specification: Specification;
  graph: TaskGraph;
  /** URI of where it comes from. */
  origin: string;
  lock: LockFile;
  /** `.agentnexus.yaml` around it, where there is one. */
  config: Configuration | undefined;
  /** Tasks that the source says are done because they were ticked here, if there are any. */
  own?: OwnTicks;
  /** What ticking goes by, where it was asked for. */
  ticking?: Ticking;
}

/** Where the source lies, and its open boxes as they were read. */
export interface Ticking {
  root: string;
  boxes: BoxGuards;
}

interface Input {
  bundle: string;
  dialect?: string;
  strict?: boolean;
  /** Boxes are to be ticked: the source must be one that can be written. */
  tick?: boolean;
}

/** Reads and interprets a bundle; throws `SPEC_INVALID` if it has error diagnostics, or any warning under `strict`. */
export async function readSpecification(input: Input, source: Source, context: CallContext): Promise<ReadSpecification> {
  const { bundle, origin, lock, config } = source;
  const { specification, faults } = await interpretSource(input, source);
  if (faults.length > 0) {
    throw new NexusError('SPEC_INVALID', `The specification has ${counted(faults.length, 'fault')}; nothing was run.`, {
      hint: `Mend what is listed; \`spec-kit validate ${shownBundle(input.bundle)}\` shows it again.`,
      details: { diagnostics: faults },
    });
  }
  const own = await ownTicks({ specification, bundle }, input, context);
  return {
    specification,
    graph: buildGraph(specification),
    origin,
    lock,
    config,
    ...(own !== undefined && { own }),
    ...(input.tick === true && { ticking: { root: bundle.root, boxes: boxGuards(specification, bundle.files) } }),
  };
}

/** What a bundle says, with its diagnostics at the levels that the configuration gives them. */
interface Interpreted {
  specification: Specification;
  /** Why no mission may start from it. */
  faults: Diagnostic[];
  /** The configuration, and how many diagnostics it turns off. */
  config: { path: string; off: number } | undefined;
}

export async function interpretSource(
  input: Pick<Input, 'dialect' | 'strict'>,
  { bundle, config }: Source,
): Promise<Interpreted> {
  const rules = config && (await import('../../../spec/levels/read-levels.ts')).readLevels(config.text, config.path);
  const specification = await interpret(bundle, input.dialect === undefined ? {} : { dialect: input.dialect });
  const { diagnostics, faults, off } = applyLevels(specification.diagnostics, rules, {
    folder: config?.folder ?? '',
    strict: input.strict ?? false,
  });
  const shown = config && { path: config.path, off };
  return { specification: { ...specification, diagnostics }, faults, config: shown };
}

export function isFault(severity: string, strict = false): boolean {
  return severity === 'error' || (strict && severity === 'warning');
}

/** The part of a graph that `--only` names: the tasks and all they need. Names in `only` and `force` must be tasks. */
export function select(graph: TaskGraph, { only = [], force = [] }: { only?: string[]; force?: string[] }): TaskGraph {
  const byId = new Map(graph.tasks.map((task) => [task.id, task]));
  const missing = [...only, ...force].find((id) => !byId.has(id));
  if (missing !== undefined) {
    throw new NexusError('NOT_FOUND', `The specification has no task ${missing}.`, {
      hint: '`spec-kit plan BUNDLE` lists the tasks.',
    });
  }
  if (only.length === 0) return graph;
  const wanted = new Set<string>();
  const stack = [...only];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (wanted.has(id)) continue;
    wanted.add(id);
    stack.push(...needsOf(byId.get(id)));
  }
  if (wanted.size === graph.tasks.length) return graph;
  return { ...graph, tasks: graph.tasks.filter(({ id }) => wanted.has(id)), part: true };
}

const needsOf = (task: Task | undefined): string[] => (task?.needs ?? []).map((need) => need.task);
