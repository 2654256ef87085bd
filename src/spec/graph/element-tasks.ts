import type { JsonObject } from '../../base/json.ts';
import { type ContractLinks, importNeeds } from '../contracts/contract-links.ts';
import type { Roles } from '../contracts/roles.ts';
import type { ComponentElement, ContractElement, IntegrationElement, Need, Task, WorkElement } from '../model.ts';
import { normalInterface } from '../specification-digest.ts';

import { newTask, newVerification, scaffoldNeed, slugOf } from './task.ts';

/** A contract's task and its check. */
export function contractTasks(contract: ContractElement, links: ContractLinks): Task[] {
  const { id, name, schema, source } = contract;
  const slug = slugOf(id);
  const direct = links.direct(contract);
  const needs = [scaffoldNeed()].concat(importNeeds(name, direct));
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
  const indirect = links.reached([contract]).filter((other) => !direct.includes(other));
  return [task, newVerification(task, needs.concat(importNeeds(name, indirect)))];
}

/** A component's task and its check. */
export function componentTasks(component: ComponentElement, roles: Roles, links: ContractLinks): Task[] {
  const { id, name, responsibilities, interfaces, source } = component;
  const slug = slugOf(id);
  const needs = [scaffoldNeed()].concat(roleNeeds(name, roles));
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
  const direct = roles.produces.concat(roles.consumes);
  return [task, newVerification(task, needs.concat(importNeeds(name, links.reached(direct))))];
}

function roleNeeds(name: string, { produces, consumes }: Roles): Need[] {
  const isTaken = memberOf(consumes);
  const isMade = memberOf(produces);
  const need = (contract: ContractElement, verb: string): Need => ({
    task: contract.id,
    kind: 'contract',
    because: `${name}${verb}${contract.name}`,
  });
  const made = produces.map((contract) => need(contract, isTaken(contract) ? ' produces and consumes ' : ' produces '));
  return made.concat(consumes.filter((contract) => !isMade(contract)).map((contract) => need(contract, ' consumes ')));
}

/** Most components have few contracts; a set is for those that have thousands. */
function memberOf(contracts: readonly ContractElement[]): (contract: ContractElement) => boolean {
  if (contracts.length <= 8) return (contract) => contracts.includes(contract);
  const all = new Set(contracts);
  return (contract) => all.has(contract);
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

/** An open task of the source, for an agent with a model. It waits for its needs among the tasks before it: others are settled. */
export function workTask(work: WorkElement, { before, inPackage }: { before: ReadonlySet<string>; inPackage: boolean }): Task {
  const { id, sourceId, name, text, details, optional, milestone, priority, writes, covers, labels, checkpoint, source } = work;
  const needs = work.needs
    .filter((need) => before.has(need.task))
    .map(({ task, kind, because }): Need => ({ task, kind, because }));
  const plain = newTask('work', {
    id,
    title: name,
    source,
    needs: needs.length === 0 && inPackage ? [scaffoldNeed()] : needs,
    writes: [...writes],
    requirements: [id, ...covers],
    fragment: fragmentOf({ text, details, labels, checkpoint }),
  });
  const task = { ...plain, optional, milestone: milestone ?? plain.milestone, priority: priority ?? plain.priority };
  return sourceId === undefined ? task : { ...task, sourceId };
}

type Work = Pick<WorkElement, 'text' | 'labels' | 'checkpoint'> & { details: string | undefined };

/** Only what is there: a task without details keeps its key. */
function fragmentOf({ text, details, labels, checkpoint }: Work): JsonObject {
  return {
    text,
    ...(details === undefined ? {} : { details }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(checkpoint ? { checkpoint } : {}),
  };
}

function named({ id, name }: ContractElement): JsonObject {
  return { name, slug: slugOf(id) };
}
