import type { DiagnosticList } from '../diagnostic-list.ts';
import type { ContractElement, Element } from '../model.ts';
import type { Place } from '../source-text.ts';
import { ContractLinks, MAX_REACHED } from './contract-links.ts';
import { impossibleContracts } from './possible-contracts.ts';
import { referenceOrder } from './reference-order.ts';
import type { ResolvedContract } from './resolve-contracts.ts';
import { rolesOf } from './roles.ts';

/** Reports contracts that can never be satisfied, and contracts that need each other in a circle. */
export function checkReferences(contracts: readonly ResolvedContract[], diagnostics: DiagnosticList): void {
  const referring = contracts.filter(({ element }) => element.refersTo.length > 0);
  const byId = new Map(referring.map((contract) => [contract.element.id, contract]));
  const impossible = impossibleContracts(referring.map((contract) => contract.element));
  for (const id of impossible) reportImpossible(byId.get(id), impossible, diagnostics);
  const possible = referring.filter(({ element }) => !impossible.has(element.id));
  const { cycles } = referenceOrder(new Map(possible.map(({ element }) => [element.id, element.refersTo])));
  for (const cycle of cycles) reportCycle(cycle, byId, diagnostics);
}

function reportImpossible(
  contract: ResolvedContract | undefined,
  impossible: ReadonlySet<string>,
  diagnostics: DiagnosticList,
): void {
  if (contract === undefined) return;
  const { element, links } = contract;
  const link = links.find((each) => each.to === element.id) ?? links.find((each) => impossible.has(each.to));
  const other =
    link === undefined || link.to === element.id ? 'another one' : `a ${link.to.slice('contract:'.length)}, and that never ends`;
  const message = `Every ${element.name} would have to hold ${other}: no finite value can satisfy it.`;
  const hint = 'Make the field optional (`field?: T`), a list (`T[]`), or allow `null` (`T | null`).';
  diagnostics.report('SPEC_CONTRACT_IMPOSSIBLE', link?.place ?? element.source, { message, hint });
}

/** Names shown of a long circle. */
const SHOWN = 8;

function reportCycle(cycle: readonly string[], byId: ReadonlyMap<string, ResolvedContract>, diagnostics: DiagnosticList): void {
  const names = cycle.map((id) => byId.get(id)?.element.name ?? id);
  const shown = names.length <= SHOWN ? names : [...names.slice(0, SHOWN - 2), '…', ...names.slice(-1)];
  const hint = 'Join the contracts, or move what they share into a third one.';
  diagnostics.report('SPEC_CYCLE', placeOfLink(cycle, byId), {
    message: `These contracts need each other in a circle: ${shown.join(' → ')}.`,
    hint,
  });
}

/** Where the last contract of a circle refers back to the first. */
function placeOfLink(cycle: readonly string[], byId: ReadonlyMap<string, ResolvedContract>): Place {
  const last = byId.get(cycle.at(-2) ?? '');
  const link = last?.links.find((each) => each.to === cycle.at(-1));
  return link?.place ?? last?.element.source ?? { file: '', line: 1, column: 1 };
}

/** Refuses bundles whose contracts are so entangled that the checks of their tasks would need millions of files. */
export function checkReach(elements: readonly Element[], diagnostics: DiagnosticList): void {
  const contracts = elements.filter((element): element is ContractElement => element.kind === 'contract');
  if (mostReached(contracts) <= MAX_REACHED) return;
  const links = new ContractLinks(contracts);
  for (const contract of contracts) links.reached([contract]);
  for (const { produces, consumes } of rolesOf(contracts).values()) links.reached([...produces, ...consumes]);
  const [first] = contracts;
  if (!links.isTangled || first === undefined) return;
  const message = `Contracts refer to each other so much that more than ${MAX_REACHED.toLocaleString('en')} files would be needed to check them one by one.`;
  diagnostics.report('SPEC_REFERENCES_TANGLED', first.source, {
    message,
    hint: 'Split the bundle, or shorten the chains of references.',
  });
}

/** No fewer than are reached, without looking for what is reached on several ways: that is enough for nearly all bundles. */
function mostReached(contracts: readonly ContractElement[]): number {
  const referring = new Map(contracts.flatMap((each) => (each.refersTo.length === 0 ? [] : [[each.id, each] as const])));
  const most = new Map<string, number>();
  let sum = 0;
  for (const id of referenceOrder(new Map([...referring].map(([key, { refersTo }]) => [key, refersTo]))).ids) {
    const contract = referring.get(id);
    if (contract === undefined) continue;
    // Of a circle, which is cut somewhere, the part that is not known yet comes before.
    const own = contract.refersTo.reduce((count, other) => count + 1 + (most.get(other) ?? 0), 0);
    most.set(id, own);
    sum += own * (1 + contract.producers.length + contract.consumers.length);
  }
  return sum;
}
