import { NearestName } from '../../nearest-name.ts';
import { type Passage, passageSlice } from '../../markdown/passage.ts';

export type ElementLabel = 'component' | 'contract' | 'integration';
export type FieldLabel = 'responsibilities' | 'interfaces' | 'schema' | 'producers' | 'consumers' | 'purpose';

const ELEMENT_LABELS = new Map<string, ElementLabel>([
  ['component', 'component'],
  ['contract', 'contract'],
  ['data contract', 'contract'],
  ['integration', 'integration'],
]);

const FIELD_LABELS = new Map<string, FieldLabel>([
  ['responsibilities', 'responsibilities'],
  ['responsibility', 'responsibilities'],
  ['interfaces', 'interfaces'],
  ['interface', 'interfaces'],
  ['schema', 'schema'],
  ['producers', 'producers'],
  ['producer', 'producers'],
  ['consumers', 'consumers'],
  ['consumer', 'consumers'],
  ['purpose', 'purpose'],
]);

export const FIELDS_OF: Record<ElementLabel, readonly FieldLabel[]> = {
  component: ['responsibilities', 'interfaces'],
  contract: ['schema', 'producers', 'consumers'],
  integration: ['purpose'],
};

/** A label's longest form with its emphasis; looking no further keeps long lines cheap. */
const MAX_LABEL = 60;
const LABEL = /^[\p{L}][\p{L} -]*$/u;

/** Text that begins with `Word:`. */
export interface Labelled {
  /** Lower case, without emphasis. */
  word: string;
  element: ElementLabel | undefined;
  field: FieldLabel | undefined;
  rest: Passage;
}

/** Reads `Component: …`, `**Component:** …`, `**Component**：…`; undefined if the text begins with no word and colon. */
export function labelled(passage: Passage): Labelled | undefined {
  const colon = colonIn(passage.text);
  if (colon <= 0) return undefined;
  const written = passage.text.slice(0, colon);
  const isMarked = written.startsWith('*') || written.startsWith('_');
  const word = (/[*_]/.test(written) ? written.replace(/[*_]/g, '') : written).trim().toLowerCase();
  if (!LABEL.test(word)) return undefined;
  const opened = isMarked && !/[*_]\s*$/.test(written);
  const closing = opened ? /^\s*(?:\*{1,3}|_{1,3})/.exec(passage.text.slice(colon + 1, colon + MAX_LABEL)) : null;
  const rest = passageSlice(passage, colon + 1 + (closing?.[0].length ?? 0));
  return { word, element: ELEMENT_LABELS.get(word), field: FIELD_LABELS.get(word), rest };
}

function colonIn(text: string): number {
  const end = Math.min(text.length, MAX_LABEL);
  for (let at = 0; at < end; at++) if (text.charCodeAt(at) === 0x3a || text.charCodeAt(at) === 0xff1a) return at;
  return -1;
}

const nearestLabel = new NearestName(() => [...ELEMENT_LABELS.keys(), ...FIELD_LABELS.keys()]);

/** The label that a word was probably meant to be, with a capital; undefined if it resembles none. */
export function labelMeant(word: string): string | undefined {
  const label = nearestLabel.nearest(word);
  return label === undefined ? undefined : label.charAt(0).toUpperCase() + label.slice(1);
}

export function isKnownLabel(label: Labelled): boolean {
  return label.element !== undefined || label.field !== undefined;
}
