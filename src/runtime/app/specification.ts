import { NexusError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import { buildGraph } from '../../spec/build-graph.ts';
import type { Diagnostic } from '../../spec/diagnostics.ts';
import { interpret } from '../../spec/interpret.ts';
import { applyLevels } from '../../spec/levels/level-rules.ts';
import type { Specification, Task, TaskGraph } from '../../spec/model.ts';
import { shownBundle } from '../workspace/git-address.ts';
import { type LockFile, openSource } from './open-source.ts';
import type { CallContext } from './operations.ts';

export interface ReadSpecification {
  specification: Specification;
  graph: TaskGraph;
  /** URI of where it comes from. */
  origin: string;
  lock: LockFile;
}

/** Reads and interprets a bundle; throws `SPEC_INVALID` if it has error diagnostics, or any warning under `strict`. */
export async function readSpecification(
  input: { bundle: string; dialect?: string; strict?: boolean },
  context: CallContext,
): Promise<ReadSpecification> {
  const { specification, faults, origin, lock } = await interpretBundle(input, context);
  if (faults.length > 0) {
    throw new NexusError('SPEC_INVALID', `The specification has ${counted(faults.length, 'fault')}; nothing was run.`, {
      hint: `Mend what is listed; \`spec-kit validate ${shownBundle(input.bundle)}\` shows it again.`,
      details: { diagnostics: faults },
    });
  }
  return { specification, graph: buildGraph(specification), origin, lock };
}

/** What a bundle says, with its diagnostics at the levels that the configuration gives them. */
export interface Interpreted extends Pick<ReadSpecification, 'origin' | 'lock'> {
  specification: Specification;
  /** Why no mission may start from it. */
  faults: Diagnostic[];
  /** The configuration, and how many diagnostics it turns off. */
  config: { path: string; off: number } | undefined;
}

export async function interpretBundle(
  input: { bundle: string; dialect?: string; strict?: boolean },
  context: CallContext,
): Promise<Interpreted> {
  const { bundle, origin, lock, config } = await openSource(input, context);
  const rules = config && (await import('../../spec/levels/read-levels.ts')).readLevels(config.text, config.path);
  const specification = interpret(bundle, input.dialect === undefined ? {} : { dialect: input.dialect });
  const { diagnostics, faults, off } = applyLevels(specification.diagnostics, rules, {
    folder: config?.folder ?? '',
    strict: input.strict ?? false,
  });
  return { specification: { ...specification, diagnostics }, faults, origin, lock, config: config && { path: config.path, off } };
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
  return { ...graph, tasks: graph.tasks.filter(({ id }) => wanted.has(id)) };
}

const needsOf = (task: Task | undefined): string[] => (task?.needs ?? []).map((need) => need.task);
