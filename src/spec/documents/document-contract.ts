import type { JsonObject } from '../../base/json.ts';
import type { ContractDraft } from '../contracts/draft.ts';
import { fileSlug } from '../file-slug.ts';
import type { SourceSpan } from '../model.ts';

/** A contract whose schema a document holds; `addresses` are what references call it by. Nobody is known to make or take it. */
export function documentContract(
  name: string,
  schema: JsonObject,
  { source, addresses }: { source: SourceSpan; addresses: string[] },
): ContractDraft {
  return {
    kind: 'contract',
    id: `contract:${fileSlug(name)}`,
    name,
    section: source.file,
    source,
    shape: { by: 'document', schema, addresses, base: source.file, place: source },
    producers: [],
    consumers: [],
  };
}
