import type { Digest } from '../../../base/digest.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { TreeEntry } from '../tree-listing.ts';
import type { Statement } from '../statement.ts';

/** A gated, verified mission, laid out to be carried somewhere. Every file is read from the verified export. */
export interface Release {
  mission: string;
  specification: { id: string; title: string };
  /** Digest of the product's tree. */
  head: Digest;
  /** When the mission ended, RFC 3339: the time of commits and tags, so that doing it again makes the same ones. */
  finishedAt: string;
  tree: readonly TreeEntry[];
  /** Signed note that the export is under. */
  checkpoint: string;
  /** Folder of the export. */
  dir: string;
  /** Paths in it, in order. */
  files: readonly ReleaseFile[];
  /** Name → bytes of what is made of the export as a whole: the archive, the product, SBOMs. In the order to carry them out. */
  assets: ReadonlyMap<string, Uint8Array>;
  /** predicateType → how many signed statements. */
  statements: ReadonlyMap<string, number>;
}

export interface ReleaseFile {
  path: string;
  size: number;
  digest: Digest;
}

/** What the steps before have answered, by name. */
export type StepResults = ReadonlyMap<string, JsonObject>;

/**
 * One change of the world outside, done at most once as far as anybody can tell: what a run that was cut off has left half done is found
 * there, and finished or taken for done.
 */
export interface PromotionStep {
  /** Unique in its promotion, and the same in every run. */
  name: string;
  /** What it does, for people, before it is done. */
  what: string;
  /** The answer is recorded. Throws `PromotionWaits` where a person has to do something first. */
  act(results: StepResults): Promise<JsonObject>;
}

/** Signs what a release is made of, once in its promotion. */
export interface ReleaseSeal {
  /** Content digest of the signed statement; of the one that is on record, if there is one. */
  sign(statement: Statement): Promise<Digest>;
  read(bundle: Digest): Uint8Array;
}

/** A place to promote to. */
export interface PromotionTarget {
  /** As it is recorded and shown: without secrets. */
  address: string;
  steps: (release: Release, seal: ReleaseSeal) => PromotionStep[];
  /** Where it can be looked at afterwards. */
  url?(results: StepResults): string | undefined;
}

/** Not an error: the promotion goes on when it is run again. */
export class PromotionWaits extends Error {
  override readonly name = 'PromotionWaits';
}
