import { resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import { buildGraph } from '../../spec/build-graph.ts';
import { interpret } from '../../spec/interpret.ts';
import type { Specification, Task, TaskGraph } from '../../spec/model.ts';
import { readBundle } from '../../spec/read-bundle.ts';
import type { CallContext } from './operations.ts';

export interface ReadSpecification {
  specification: Specification;
  graph: TaskGraph;
}

/** Reads and interprets a bundle; throws `SPEC_INVALID` if it has error diagnostics, or any warning under `strict`. */
export function readSpecification(input: { bundle: string; strict?: boolean }, context: CallContext): ReadSpecification {
  const specification = interpretBundle(input, context);
  const faults = specification.diagnostics.filter(({ severity }) => isFault(severity, input.strict));
  if (faults.length > 0) {
    throw new NexusError('SPEC_INVALID', `The specification has ${counted(faults.length, 'fault')}; nothing was run.`, {
      hint: `Mend what is listed; \`spec-kit validate ${input.bundle}\` shows it again.`,
      details: { diagnostics: faults },
    });
  }
  return { specification, graph: buildGraph(specification) };
}

export function interpretBundle({ bundle }: { bundle: string }, context: CallContext): Specification {
  return interpret(readBundle(resolve(context.cwd, bundle)));
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
