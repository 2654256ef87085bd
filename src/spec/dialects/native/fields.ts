import type { ContractDraft } from '../../contracts/draft.ts';
import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Verbatim } from '../../markdown/block.ts';
import { joinPassages, listEntries, type Passage, plainText } from '../../markdown/passage.ts';
import type { ComponentElement, Interface, IntegrationElement, Party } from '../../model.ts';
import type { SourceText } from '../../source-text.ts';
import type { FieldLabel } from './labels.ts';
import { readInterfaces, spanOf } from './read-interfaces.ts';
import { notationIn, notationInFence } from './read-notation.ts';

/** What stands after a label: the text behind it and of the bullets under it, and a code fence under it. */
export interface FieldContent {
  entries: readonly Passage[];
  fence: Verbatim | undefined;
  source: SourceText;
}

/** Adds a labelled sub-bullet to its element. Returns false if the label means nothing there. */
export function addField(
  draft: ComponentElement | ContractDraft | IntegrationElement,
  field: { label: FieldLabel; content: FieldContent },
  diagnostics: DiagnosticList,
): boolean {
  const { label, content } = field;
  if (draft.kind === 'component') return addToComponent(draft, { label, content }, diagnostics);
  if (draft.kind === 'contract') return addToContract(draft, { label, content });
  if (label === 'purpose') draft.purpose = content.entries.map((entry) => plainText(entry.text)).join(' ');
  return label === 'purpose';
}

function addToComponent(
  draft: ComponentElement,
  { label, content }: { label: FieldLabel; content: FieldContent },
  diagnostics: DiagnosticList,
): boolean {
  if (label === 'responsibilities') draft.responsibilities = content.entries.map((entry) => plainText(entry.text));
  else if (label === 'interfaces') addInterfaces(draft, content.entries, diagnostics);
  else return false;
  return true;
}

function addInterfaces(draft: ComponentElement, entries: readonly Passage[], diagnostics: DiagnosticList): void {
  const known = new Set<string>();
  for (const each of entries.flatMap((entry) => readInterfaces(entry, diagnostics))) {
    if (known.has(interfaceKey(each))) {
      const message = `${draft.name} lists \`${each.name}\` twice.`;
      diagnostics.report('SPEC_INTERFACE_DUPLICATE', each.source, { message, hint: 'Remove one of the two.' });
    } else draft.interfaces.push(each);
    known.add(interfaceKey(each));
  }
}

function interfaceKey({ kind, name }: Interface): string {
  return `${kind} ${name}`;
}

function addToContract(draft: ContractDraft, { label, content }: { label: FieldLabel; content: FieldContent }): boolean {
  if (label === 'producers') draft.producers = content.entries.flatMap(partiesIn);
  else if (label === 'consumers') draft.consumers = content.entries.flatMap(partiesIn);
  else if (label === 'schema') addSchema(draft, content);
  else return false;
  return true;
}

function addSchema(draft: ContractDraft, { entries, fence, source }: FieldContent): void {
  const passage = joinPassages(entries, ' ');
  if (passage !== undefined) draft.shape = notationIn(passage, source);
  else if (fence !== undefined) draft.shape = notationInFence(fence, source);
}

/** Splits `A, B and C.`: the last entry may hold two names. */
function partiesIn(passage: Passage): Party[] {
  return listEntries(passage).map((entry) => ({ name: plainText(entry.text).replaceAll('`', ''), source: spanOf(entry) }));
}
