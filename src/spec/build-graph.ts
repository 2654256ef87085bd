import { ContractLinks } from './contracts/contract-links.ts';
import { rolesOf } from './contracts/roles.ts';
import { componentTasks, contractTasks, integrationTasks, workTasks } from './graph/element-tasks.ts';
import { assembleTasks, gateTask, scaffoldTask } from './graph/package-tasks.ts';
import type { Element, Specification, Task, TaskGraph } from './model.ts';

/**
 * The tasks that make a specification into a package: contracts before the components that produce or consume them, each
 * followed by its check, everything before the gate. Total: circles, which are error diagnostics, are cut.
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
    ...ofKind(elements, 'work').flatMap(workTasks),
  ];
  const made: Task[] = [scaffoldTask(specification), ...parts];
  const assembled = [...made, ...assembleTasks(specification, made)];
  return { specification: specification.id, tasks: [...assembled, gateTask(specification, assembled)] };
}

function ofKind<K extends Element['kind']>(elements: readonly Element[], kind: K): Extract<Element, { kind: K }>[] {
  return elements.filter((element): element is Extract<Element, { kind: K }> => element.kind === kind);
}
