import { type Digest, sha256 } from '../base/digest.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import type { Element, Interface, Party, Specification } from './model.ts';

/** Digest of the normal form. Its members have one order by construction, and that of a schema's properties is part of what it says. */
export function specificationDigest(specification: Pick<Specification, 'id' | 'title' | 'version' | 'elements'>): Digest {
  return sha256(JSON.stringify(normalise(specification)));
}

/**
 * What a specification says, without how and where it says it: no lines, no order of elements, no prose. Its digest is the
 * specification's digest.
 */
function normalise(specification: Pick<Specification, 'id' | 'title' | 'version' | 'elements'>): JsonObject {
  const { id, title, version, elements } = specification;
  return { id, title, version, elements: elements.toSorted((a, b) => compareText(a.id, b.id)).map(normalElement) };
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
  if (element.kind === 'work') return { ...base, text: element.text, done: element.done, optional: element.optional };
  return { ...base, section: element.section, text: element.text };
}

/** An interface without its place. */
export function normalInterface({ source: _, ...rest }: Interface): JsonObject {
  return rest;
}

function normalParties(parties: readonly Party[]): JsonValue {
  return parties.map((party) => party.element ?? party.name);
}
