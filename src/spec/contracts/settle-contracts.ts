import type { DiagnosticList } from '../diagnostic-list.ts';
import type { Draft, Reading } from '../dialect.ts';
import type { Element } from '../model.ts';
import { settleParties } from '../settle-parties.ts';
import { checkReach, checkReferences } from './check-references.ts';
import { resolveContracts, SCHEMA_BASE } from './resolve-contracts.ts';

/** Gives contracts their schemas, looks up the contracts and components that they name, and reports those that cannot be. */
export function settleContracts(
  drafts: readonly Draft[],
  { schemaBase = SCHEMA_BASE, outsideParties }: Pick<Reading, 'schemaBase' | 'outsideParties'>,
  diagnostics: DiagnosticList,
): Element[] {
  const contracts = resolveContracts(drafts.filter(isContract), schemaBase, diagnostics);
  checkReferences(contracts, diagnostics);
  const resolved = contracts.values();
  const elements = drafts.flatMap((draft): Element | never[] =>
    isContract(draft) ? (resolved.next().value?.element ?? []) : draft,
  );
  const settled = settleParties(elements, outsideParties, diagnostics);
  if (contracts.some((contract) => contract.links.length > 0)) checkReach(settled, diagnostics);
  return settled;
}

function isContract(draft: Draft): draft is Extract<Draft, { kind: 'contract' }> {
  return draft.kind === 'contract';
}
