import type { Digest } from '../../../base/digest.ts';

/** What is known of an object that is there. */
export interface StoredObject {
  digest: Digest | undefined;
  size: number;
  /** Version that was read, where the place keeps versions. */
  version?: string;
}

/** A place that keeps bytes under keys: a bucket, a folder. */
export interface ObjectPlace {
  /** Finds out whether it is there and what it can do; the answer is recorded. Throws `PROMOTION_FAILED`. */
  probe(): Promise<Readonly<Record<string, string | boolean>>>;
  /** Undefined if there is no such object. */
  head(key: string): Promise<StoredObject | undefined>;
  /** The bytes, or undefined if there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Writes a whole object, so that readers see all of it or nothing. */
  put(key: string, bytes: Uint8Array, digest: Digest): Promise<{ version?: string }>;
}
