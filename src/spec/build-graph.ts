import { ContractLinks } from './contracts/contract-links.ts';
import { rolesOf } from './contracts/roles.ts';
import { componentTasks, contractTasks, integrationTasks, workTask } from './graph/element-tasks.ts';
import { assembleTasks, gateTask, scaffoldTask, workCheck } from './graph/package-tasks.ts';
import type { Element, Specification, Task, TaskGraph, WorkElement } from './model.ts';
import { isSettled } from './work/marks.ts';
import { orderTasks } from './work/task-order.ts';

/**
 * The tasks that make a specification into a package: contracts before the components that produce or consume them, each
 * followed by its check; then the open tasks of the source, and the gate after everything. Total: circles, which are error
 * diagnostics, are cut.
 */
export function buildGraph(specification: Specification): TaskGraph {
  const { elements } = specification;
  const contracts = elements.filter((element) => element.kind === 'contract');
  const links = new ContractLinks(contracts);
  const roles = rolesOf(contracts);
  const parts = [
    ...links.ordered.flatMap((contract) => contractTasks(contract, links)),
    ...ofKind(elements, 'component').flatMap((component) =>
      componentTasks(component, roles.get(component.id) ?? { produces: [], consumes: [] }, links),
    ),
    ...ofKind(elements, 'integration').flatMap(integrationTasks),
  ];
  const work = openWork(elements);
  const inPackage = elements.length === 0 || elements.some(({ kind }) => PACKAGED.has(kind));
  const before = new Set<string>();
  const tasks = work.map((element) => {
    const task = workTask(element, { before, inPackage });
    before.add(task.id);
    return task;
  });
  const made: Task[] = [...(inPackage ? [scaffoldTask(specification)] : []), ...parts, ...tasks];
  const assembled = inPackage ? [...made, ...assembleTasks(specification, made)] : made;
  const checked = [...assembled, ...workCheck(specification, assembled)];
  return { specification: specification.id, tasks: [...checked, gateTask(specification, checked)] };
}

/** Elements that become files of a package. Tasks of the source alone make none: what they write is up to them. */
const PACKAGED = new Set<Element['kind']>(['component', 'contract', 'integration', 'control']);

/** The tasks of the source that are still to be done, needs first, else in source order. */
function openWork(elements: readonly Element[]): WorkElement[] {
  const work = ofKind(elements, 'work').filter(({ status }) => !isSettled(status));
  const positions = new Map(work.map(({ id }, index) => [id, index]));
  const edges = work.flatMap(({ needs }, from) =>
    needs.flatMap(({ task, kind }) => {
      const to = positions.get(task);
      return to === undefined ? [] : [{ from, to, kind }];
    }),
  );
  return orderTasks(work.length, edges).order.flatMap((position) => work[position] ?? []);
}

function ofKind<K extends Element['kind']>(elements: readonly Element[], kind: K): Extract<Element, { kind: K }>[] {
  return elements.filter((element): element is Extract<Element, { kind: K }> => element.kind === kind);
}
