import { sha256 } from '../../../base/digest.ts';
import { canonicalBytes, type JsonObject } from '../../../base/json.ts';
import { contentUri } from '../evidence.ts';
import { resource, type Statement, statement, subjectOf } from '../statement.ts';
import type { TreeEntry } from '../tree-listing.ts';
import { CYCLONEDX } from './cyclonedx.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/predicates/reference.md */
const REFERENCE = 'https://in-toto.io/attestation/reference/v0.1';
const ATTESTER = 'https://agentnexus.dev/attesters/sbom/v1';

/** Bytes of a document that is signed as a whole; verifiers and logs choke on larger ones. */
const MAX_INLINE = 2 ** 20;

/** That this document tells what the product is made of: as a whole, or by its digest where it is large. */
export function sbomStatement(tree: readonly TreeEntry[], document: JsonObject): Statement {
  const bytes = canonicalBytes(document);
  const subjects = tree.map(subjectOf);
  if (bytes.length <= MAX_INLINE) return statement(CYCLONEDX, subjects, document);
  const digest = sha256(bytes);
  return statement(REFERENCE, subjects, {
    attester: { id: ATTESTER },
    references: [{ ...resource('sbom.cdx.json', digest, contentUri(digest)), mediaType: 'application/vnd.cyclonedx+json' }],
  });
}
