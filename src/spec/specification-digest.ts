import { createHash } from 'node:crypto';

import type { Digest } from '../base/digest.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import type { Element, Interface, Party, Specification, WorkElement } from './model.ts';

/**
 * Digest of what a specification says, without how and where it says it: no lines, no order of elements, no prose. Members have
 * one order by construction, and that of a schema's properties is part of what it says; so plain JSON will do.
 */
export function specificationDigest(specification: Pick<Specification, 'id' | 'title' | 'version' | 'elements'>): Digest {
  const { id, title, version, elements } = specification;
  const hash = createHash('sha256').update(JSON.stringify({ id, title, version }));
  const sorted = elements.toSorted((a, b) => compareText(a.id, b.id));
  for (const element of sorted) hash.update(`\n${JSON.stringify(normalElement(element))}`);
  return `sha256:${hash.digest('hex')}`;
}

function normalElement(element: Element): JsonValue {
  const { id, kind, name, sourceId } = element;
  const base = { id, kind, name, sourceId };
  if (element.kind === 'component') {
    return { ...base, responsibilities: element.responsibilities, interfaces: element.interfaces.map(normalInterface) };
  }
  if (element.kind === 'contract') {
    const { schema, producers, consumers } = element;
    return { ...base, schema, producers: normalParties(producers), consumers: normalParties(consumers) };
  }
  if (element.kind === 'integration') return { ...base, purpose: element.purpose };
  if (element.kind === 'work') return { ...base, ...normalWork(element) };
  if (element.kind === 'requirement') {
    const { requirementKind, text, parent, priority } = element;
    return { ...base, requirementKind, text, parent, priority };
  }
  return { ...base, section: element.section, text: element.text };
}

/** All of a task but where it stands. */
function normalWork({ text, details, status, optional, parent, milestone, priority, ...lists }: WorkElement): JsonObject {
  const { writes, covers, checkpoint, labels } = lists;
  const needs = lists.needs.map(({ task, kind }) => ({ task, kind }));
  return { text, details, status, optional, parent, milestone, priority, writes, covers, checkpoint, labels, needs };
}

/** An interface without its place. */
export function normalInterface({ kind, name, description, method, path }: Interface): JsonObject {
  if (path === undefined) return { kind, name, description };
  return method === undefined ? { kind, name, description, path } : { kind, name, description, method, path };
}

function normalParties(parties: readonly Party[]): JsonValue {
  return parties.map((party) => party.element ?? party.name);
}
