import { checkReach, checkReferences } from './contracts/check-references.ts';
import { resolveContracts, SCHEMA_BASE } from './contracts/resolve-contracts.ts';
import { DiagnosticList } from './diagnostic-list.ts';
import type { Desk, Dialect, Draft, Reading } from './dialect.ts';
import { native } from './dialects/native/native.ts';
import { fileSlug } from './file-slug.ts';
import { coverageOf, LineAccount } from './line-account.ts';
import { plainText } from './markdown/passage.ts';
import type { Element, Specification } from './model.ts';
import { specificationDigest } from './normalise.ts';
import type { Bundle } from './read-bundle.ts';
import { settleNames } from './settle-names.ts';
import { settleParties } from './settle-parties.ts';
import { lineText, sourceText } from './source-text.ts';

/** Asked in this order; the native dialect reads whatever no other one recognises. */
const DIALECTS: readonly Dialect[] = [native];

/** Reads a bundle. Whatever is wrong with it is a diagnostic; only a reference that leaves the bundle throws (`BUNDLE_ESCAPE`). */
export function interpret(bundle: Bundle): Specification {
  const desk: Desk = {
    bundle,
    accounts: bundle.files.map((file) => new LineAccount(sourceText(file))),
    diagnostics: new DiagnosticList(),
  };
  const dialect = DIALECTS.find((each) => each.recognises(bundle)) ?? native;
  const reading = dialect.read(desk);
  const elements = settleElements(reading, desk.diagnostics);
  const identity = identityOf(reading, desk);
  reportLeftovers(elements, desk);
  const lines = desk.accounts.flatMap((account) => account.runs());
  return {
    ...identity,
    dialect: dialect.name,
    source: reading.source,
    digest: specificationDigest({ ...identity, elements }),
    elements,
    diagnostics: desk.diagnostics.sorted(bundle.files.map((file) => file.path)),
    coverage: coverageOf(desk.accounts, lines, elements.length),
    lines,
  };
}

function settleElements(reading: Reading, diagnostics: DiagnosticList): Element[] {
  const drafts = settleNames(reading.drafts, diagnostics);
  const contracts = resolveContracts(drafts.filter(isContract), reading.schemaBase ?? SCHEMA_BASE, diagnostics);
  checkReferences(contracts, diagnostics);
  const byId = new Map(contracts.map(({ element }) => [element.id, element]));
  const elements = drafts.flatMap((draft) => (isContract(draft) ? (byId.get(draft.id) ?? []) : draft));
  const settled = settleParties(elements, reading.outsideParties, diagnostics);
  if (contracts.some((contract) => contract.links.length > 0)) checkReach(settled, diagnostics);
  return settled;
}

function isContract(draft: Draft): draft is Extract<Draft, { kind: 'contract' }> {
  return draft.kind === 'contract';
}

/** Words that say that a specification is one; they name nothing. */
const GENERIC = /(?:\s*\([^()]{0,40}\)|\s+(?:technical|functional|product|software|system|final|draft|specification|spec))$/i;

function identityOf(reading: Reading, desk: Desk): Pick<Specification, 'id' | 'title' | 'version'> {
  const title = plainText(reading.title ?? '') || desk.bundle.name;
  if (reading.title === undefined) {
    const hint = 'Begin the file with `# Name of the product`.';
    desk.diagnostics.report('SPEC_TITLE_MISSING', reading.source, {
      message: `There is no title; the bundle is called ${title}.`,
      hint,
    });
  }
  const id = fileSlug(reading.id ?? withoutGenericWords(title));
  return reading.version === undefined ? { id, title } : { id, title, version: reading.version };
}

/** `Shop Technical Specification (Draft)` is about `Shop`. */
function withoutGenericWords(title: string): string {
  let name = title;
  for (let next = name.replace(GENERIC, ''); next !== name && next.trim() !== ''; next = name.replace(GENERIC, '')) name = next;
  return name;
}

/** Names every line and checkbox that nobody has spoken for, and a bundle that says nothing. */
function reportLeftovers(elements: readonly Element[], { accounts, diagnostics, bundle }: Desk): void {
  if (elements.length === 0) {
    const at = { file: bundle.files[0]?.path ?? '', line: 1, column: 1 };
    const hint =
      'Write bullets such as `- Component: Name` and `- Contract: Name` under `## ` headings; see docs/native-dialect.md.';
    diagnostics.report('SPEC_EMPTY', at, {
      message: 'The bundle specifies nothing: there is no component, contract, integration, control or task.',
      hint,
    });
  }
  for (const account of accounts) {
    for (const line of account.openCheckboxes()) {
      account.settleCheckbox(line);
      const column = lineText(account.source, line).indexOf('[') + 1;
      const message = 'This checkbox is in a place where it is no task.';
      diagnostics.report(
        'SPEC_CHECKBOX_IGNORED',
        { file: account.source.path, line, column },
        { message, hint: 'Make it a bullet of its own, with a blank line before the list.' },
      );
    }
  }
}
