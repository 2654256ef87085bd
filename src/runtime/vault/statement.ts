import { type Digest, hexOf } from '../../base/digest.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Artifact } from './artifact.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** Payload type of the DSSE envelope around a statement. */
export const STATEMENT_MEDIA_TYPE = 'application/vnd.in-toto+json';

/** What a statement is about: a file of the product, by path and content. */
export type Subject = { name: string; digest: { sha256: string } };

/** in-toto Statement v1: a claim (`predicate`) about each of its subjects. */
export type Statement = {
  _type: typeof STATEMENT_TYPE;
  subject: readonly Subject[];
  predicateType: string;
  predicate: JsonObject;
};

/** in-toto ResourceDescriptor v1, as far as we use it. */
export type ResourceDescriptor = {
  name?: string;
  uri?: string;
  digest?: { sha256: string } | { gitCommit: string };
};

export function subjectOf(artifact: Pick<Artifact, 'path' | 'digest'>): Subject {
  return { name: artifact.path, digest: { sha256: hexOf(artifact.digest) } };
}

/** A resource that is known by its digest. */
export function resource(name: string, digest: Digest, uri?: string): ResourceDescriptor {
  return { name, ...(uri !== undefined && { uri }), digest: { sha256: hexOf(digest) } };
}

export function statement(predicateType: string, subject: readonly Subject[], predicate: JsonObject): Statement {
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}
