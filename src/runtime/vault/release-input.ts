import { canonicalPieces, type JsonObject } from '../../base/json.ts';
import type { Digest } from '../../base/digest.ts';
import { APPROVAL } from './approval.ts';
import { treeDigest } from './artifact.ts';
import type { GateInput, NamedStatement } from './gate.ts';
import type { TreeEntry } from './tree-listing.ts';

/** Names the members below. Others get another name. */
const RELEASE_INPUT = 'agentnexus.dev/release-input/v1';

export interface ReleaseInput extends GateInput {
  mission: string;
  /** RFC 3339: when the gate decided. Policies know no other time. */
  time: string;
}

/**
 * What a release policy is asked about (`schemas/cli/release-input.schema.json`), as canonical JSON: the product, what was there before, and the verified statements, of those with one name
 * the last. The same evidence gives the same text, so that whoever has it can ask again.
 */
export function releaseInput({ mission, time, tree, base, statements }: ReleaseInput): string {
  const current = new Map<string, NamedStatement>();
  for (const each of statements) current.set(each.name, each);
  const input: JsonObject = {
    apiVersion: RELEASE_INPUT,
    kind: 'ReleaseInput',
    mission,
    time,
    product: { digest: treeDigest(tree), files: tree.map(fileOf) },
    ...(base && { base: { files: [...base.values()].map(fileOf) } }),
    statements: [...current.values()].map(statementOf),
    approvals: [...current.values()].flatMap(approvalOf),
  };
  return [...canonicalPieces(input)].join('');
}

function fileOf({ path, digest, type, executable }: TreeEntry) {
  return { path, digest, type, executable: executable === true };
}

function statementOf({ name, verified }: NamedStatement): JsonObject {
  const { statement, bundle, signer } = verified;
  return { name, statement: { ...statement }, verified: { bundle, signer } };
}

/** What people have said, once more by itself: so that a policy need not know how it is stated. */
function approvalOf({ name, verified: { statement } }: NamedStatement): JsonObject[] {
  const { predicateType, predicate, subject } = statement;
  return predicateType === APPROVAL ? [{ name, subject, predicate }] : [];
}

/** How a release policy was asked, and what it said: enough to ask it again. */
export type PolicyRecord = {
  /** Of the bundle, which lies in the content store; left out where a server has the policy. */
  digest?: Digest;
  /** Where it came from, for people. */
  source: string;
  engine: { name: string; version: string };
  /** SHA-256 of the input. */
  input: Digest;
  /** RFC 3339: the time in the input. */
  time: string;
  result: 'pass' | 'fail';
  /** What it said without denying. */
  warnings?: string[];
};
