import type { ContractDraft } from '../../contracts/draft.ts';
import { type Passage, placeIn, plainText } from '../../markdown/passage.ts';
import type { ComponentElement, ControlElement, IntegrationElement, SourceSpan, WorkElement, WorkStatus } from '../../model.ts';
import { fileSlug } from '../../file-slug.ts';
import { shortened } from '../../shortened.ts';
import { freeText } from './free-text.ts';
import type { ElementLabel } from './labels.ts';

/** Where an element stands. */
export interface Position {
  section: string;
  source: SourceSpan;
}

/** An element as its label and the text behind it give it; its fields come later. */
export function newElement(
  label: ElementLabel,
  text: Passage,
  position: Position,
): ComponentElement | ContractDraft | IntegrationElement {
  const written = plainText(text.text).replace(/[.。]$/, '');
  if (label === 'integration') return newIntegration(written, position);
  const name = written.replaceAll('`', '');
  const id = `${label}:${fileSlug(name)}`;
  const { section, source } = position;
  if (label === 'component') return { kind: 'component', id, name, section, source, responsibilities: [], interfaces: [] };
  return { kind: 'contract', id, name, section, source, shape: undefined, producers: [], consumers: [] };
}

/** What may stand between an integration's name and its purpose, the first of them deciding. */
const PURPOSE = /\s+for\s+|\s+(?:[–—-]|->|→)\s+|[:：]\s+/;

/** `PagerDuty for alerting`: a name and a purpose. Without anything between, the whole text is both. */
function newIntegration(written: string, position: Position): IntegrationElement {
  const cut = PURPOSE.exec(written);
  const name = (cut === null ? written : written.slice(0, cut.index)).replaceAll('`', '');
  const purpose = cut === null ? written : written.slice(cut.index + cut[0].length);
  return { kind: 'integration', id: `integration:${fileSlug(name)}`, name, purpose, ...position };
}

export function newControl(text: Passage, position: Position): ControlElement {
  const { id, sourceId, text: demand } = freeText('control', plainText(text.text));
  const control: ControlElement = { kind: 'control', id, name: shortened(demand), text: demand, ...position };
  return sourceId === undefined ? control : { ...control, sourceId };
}

export function newWork(text: Passage, state: { status: WorkStatus; optional: boolean }, position: Position): WorkElement {
  const { id, sourceId, text: task } = freeText('work', plainText(text.text), position.section);
  const work: WorkElement = {
    kind: 'work',
    id,
    name: shortened(task),
    text: task,
    ...state,
    writes: [],
    covers: [],
    checkpoint: false,
    labels: [],
    needs: [],
    ...position,
  };
  return sourceId === undefined ? work : { ...work, sourceId };
}

/** The span of a block whose text begins at a passage. */
export function spanFrom(text: Passage, lines: { line: number; endLine: number }): SourceSpan {
  const { file, column } = placeIn(text);
  return { file, line: lines.line, column, endLine: lines.endLine };
}
