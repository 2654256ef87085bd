import type { JsonObject } from '../../base/json.ts';
import type { ContractDraft } from '../contracts/draft.ts';
import { fileSlug } from '../file-slug.ts';
import type { SourceSpan } from '../model.ts';
import { textIn } from './members.ts';

/** A JSON Schema file as a contract, named by its `title` or by its file. */
export function readJsonSchema(schema: JsonObject, source: SourceSpan): ContractDraft {
  const id = schema['$id'];
  const addresses = typeof id === 'string' ? [source.file, id.replace(/#$/, '')] : [source.file];
  const name = textIn(schema, 'title') ?? fileName(source.file);
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

/** `orders/line-item.schema.json` is `line-item`. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/(?:\.schema)?\.(?:json|ya?ml)$/i, '');
}
