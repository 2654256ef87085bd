import { type Digest, digestOf } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';

/** Whether a person of this workspace vouches for a text. What an agent says, or what came with somebody's files, is untrusted. */
export type Trust = 'trusted' | 'untrusted';

/** Who has added an entry: a person, or an attempt at a task. Neither is known of a file that says nothing of it. */
export interface Provenance {
  person?: string;
  mission?: string;
  task?: string;
  attempt?: number;
}

/** Something that is remembered. It never changes: another text is another entry. */
export interface NewEntry {
  scope: string;
  /** What sort of thing it is, in one word: `note`, `decision`, `fact`. */
  kind: string;
  text: string;
  /** The agent that added it. */
  agent?: string;
  provenance: Provenance;
}

/** An entry with all that is known of it. */
export interface MemoryEntry extends NewEntry {
  /** Digest of what `NewEntry` says: the same thing added twice is one entry. */
  id: Digest;
  /** Digest of the text alone. */
  sha256: Digest;
  /** RFC 3339: when it was added. */
  at: string;
  trust: Trust;
}

/** Characters of a text, at most. */
export const MAX_TEXT = 16_384;

const SCOPE = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const KIND = /^[a-z][a-z0-9-]{0,31}$/;

export function isScope(name: string): boolean {
  return SCOPE.test(name) && !name.endsWith('.');
}

/** Throws `MEMORY_INVALID`. */
export function checkScope(name: string): string {
  if (isScope(name)) return name;
  throw invalid(
    `\`${name}\` cannot be the name of a scope.`,
    'Write lower-case letters, digits, `-`, `_` and `.`, 64 at most: `project`.',
  );
}

/** The entry as it is kept: with its text in one form. Throws `MEMORY_INVALID`. */
export function checkEntry(entry: NewEntry): NewEntry {
  const text = plainText(entry.text);
  checkScope(entry.scope);
  if (!KIND.test(entry.kind))
    throw invalid(`\`${entry.kind}\` cannot be the kind of an entry.`, 'Write one lower-case word: `note`, `decision`.');
  if (text === '') throw invalid('There is no text to remember.', 'Give one.');
  if (text.length > MAX_TEXT)
    throw invalid(
      `The text has ${text.length} characters; an entry holds ${MAX_TEXT} at most.`,
      'Remember what matters of it, or make several entries.',
    );
  return { ...entry, text };
}

/** The same text for every way to write its lines: whoever checks a file out on another system has the same entry. */
function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they have no business in a text that people and models read
  const clean = text.replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n').replace(/[\u0000-\u0008\u000e-\u001f\u007f]/g, '');
  return clean
    .toWellFormed()
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd();
}

export function entryId({ scope, kind, text, agent, provenance }: NewEntry): Digest {
  return digestOf({ scope, kind, text, agent, provenance: provenanceData(provenance) });
}

export function provenanceData({ person, mission, task, attempt }: Provenance): JsonObject {
  return { person, mission, task, attempt };
}

function invalid(message: string, hint: string): NexusError {
  return new NexusError('MEMORY_INVALID', message, { hint });
}
