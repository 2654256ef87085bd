import { hexOf, sha256 } from '../../../base/digest.ts';
import { fileSlug } from '../../file-slug.ts';

/** An id printed at the head of a bullet, with a colon (`SEC-01: …`, `**FR-001**: …`) or in brackets: `[SEC-01] …`. */
const PRINTED =
  /^(?:(?:\*\*|__|`)?([A-Z][A-Z0-9]{0,9}-?\d{1,6}[a-z]?)(?:\*\*|__|`)?\s*[:：](?:\*\*|__)?|\[([A-Z][A-Z0-9]{0,9}-?\d{1,6}[a-z]?)\])\s*/;
/** A task number needs no colon: `T012 Write the parser`. */
const TASK_NUMBER = /^(?:\*\*)?(T\d{3,6}[a-z]?)(?:\*\*)?()[:.]?\s+/;
const HASH_LENGTH = 6;
const WORDS = 5;

export interface FreeText {
  /** Stable as long as the bullet's own text, or its printed id, stays. */
  id: string;
  sourceId: string | undefined;
  /** Without the printed id. */
  text: string;
}

/**
 * Names a bullet that has no name: by its printed id, else by its first words and a digest of all of them (and of
 * `scope`, within which the text is unique).
 */
export function freeText(kind: 'control' | 'work', text: string, scope = ''): FreeText {
  const head = text.slice(0, 80);
  const printed = PRINTED.exec(head) ?? (kind === 'work' ? TASK_NUMBER.exec(head) : null);
  const sourceId = printed?.[1] ?? printed?.[2];
  if (printed !== null && sourceId !== undefined)
    return { id: `${kind}:${fileSlug(sourceId)}`, sourceId, text: text.slice(printed[0].length) };
  const words = text.slice(0, 200).split(/\s+/, WORDS).join(' ');
  return { id: `${kind}:${fileSlug(words)}-${hexOf(sha256(scope + text)).slice(0, HASH_LENGTH)}`, sourceId: undefined, text };
}
