import type { JsonObject } from '../../base/json.ts';
import type { ContractDraft } from '../contracts/draft.ts';
import type { SourceSpan } from '../model.ts';
import { documentContract } from './document-contract.ts';
import { textIn } from './members.ts';

/** A JSON Schema file as a contract, named by its `title` or by its file. */
export function readJsonSchema(schema: JsonObject, source: SourceSpan): ContractDraft {
  const id = schema['$id'];
  const addresses = typeof id === 'string' ? [source.file, id.replace(/#$/, '')] : [source.file];
  const name = textIn(schema, 'title') ?? fileName(source.file);
  return documentContract(name, schema, { source, addresses });
}

/** `orders/line-item.schema.json` is `line-item`. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/(?:\.schema)?\.(?:json|ya?ml)$/i, '');
}
