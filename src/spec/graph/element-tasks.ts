import type { JsonObject } from '../../base/json.ts';
import { type ContractLinks, importNeeds } from '../contracts/contract-links.ts';
import type { Roles } from '../contracts/roles.ts';
import type { ComponentElement, ContractElement, IntegrationElement, Need, Task, WorkElement } from '../model.ts';
import { normalInterface } from '../normalise.ts';

import { newTask, newVerification, scaffoldNeed, slugOf } from './task.ts';

/** A contract's task and its check. */
export function contractTasks(contract: ContractElement, links: ContractLinks): Task[] {
  const { id, name, schema, source } = contract;
  const slug = slugOf(id);
  const direct = links.direct(id);
  const needs = [scaffoldNeed(), ...importNeeds(name, direct)];
  const task = newTask('contract', {
    id,
    title: `Contract ${name}`,
    source,
    needs,
    writes: [
      `schemas/${slug}.schema.json`,
      `src/contracts/${slug}.ts`,
      `src/contracts/${slug}.validator.*`,
      `test/contracts/${slug}.*`,
    ],
    requirements: [id],
    fragment: { name, slug, schema, refersTo: direct.map(named) },
  });
  const indirect = links.reached([id]).filter((other) => !direct.includes(other));
  return [task, newVerification(task, [...needs, ...importNeeds(name, indirect)])];
}

/** A component's task and its check. */
export function componentTasks(component: ComponentElement, roles: Roles, links: ContractLinks): Task[] {
  const { id, name, responsibilities, interfaces, source } = component;
  const slug = slugOf(id);
  const needs = [scaffoldNeed(), ...roleNeeds(name, roles)];
  const task = newTask('component', {
    id,
    title: `Component ${name}`,
    source,
    needs,
    writes: [`src/components/${slug}.ts`, `src/components/${slug}/**`, `api/${slug}.*`, `test/components/${slug}.*`],
    requirements: [id],
    fragment: {
      name,
      slug,
      responsibilities,
      interfaces: interfaces.map(normalInterface),
      produces: roles.produces.map(named),
      consumes: roles.consumes.map(named),
    },
  });
  const direct = [...roles.produces, ...roles.consumes].map((contract) => contract.id);
  return [task, newVerification(task, [...needs, ...importNeeds(name, links.reached([...new Set(direct)]))])];
}

function roleNeeds(name: string, { produces, consumes }: Roles): Need[] {
  const taken = new Set(consumes);
  const made = new Set(produces);
  const need = (contract: ContractElement, verb: string): Need => ({
    task: contract.id,
    kind: 'contract',
    because: `${name} ${verb} ${contract.name}`,
  });
  return [
    ...produces.map((contract) => need(contract, taken.has(contract) ? 'produces and consumes' : 'produces')),
    ...consumes.filter((contract) => !made.has(contract)).map((contract) => need(contract, 'consumes')),
  ];
}

/** An integration's task and its check. */
export function integrationTasks({ id, name, purpose, source }: IntegrationElement): Task[] {
  const slug = slugOf(id);
  const needs = [scaffoldNeed()];
  const task = newTask('integration', {
    id,
    title: `Integration ${name}`,
    source,
    needs,
    writes: [`src/integrations/${slug}.ts`, `test/integrations/${slug}.*`],
    requirements: [id],
    fragment: { name, slug, purpose },
  });
  return [task, newVerification(task, needs)];
}

/** An open checkbox, for an agent with a model. A ticked one is done, and no task. */
export function workTasks({ id, sourceId, name, text, done, optional, source }: WorkElement): Task[] {
  if (done) return [];
  const task = newTask('work', { id, title: name, source, needs: [scaffoldNeed()], requirements: [id], fragment: { text } });
  return [sourceId === undefined ? { ...task, optional } : { ...task, optional, sourceId }];
}

function named({ id, name }: ContractElement): JsonObject {
  return { name, slug: slugOf(id) };
}
