import type { Release } from './promotion.ts';

/** A git repository on another machine, as a promotion needs it. Every method throws `PROMOTION_FAILED` where git fails. */
export interface ReleaseRepository {
  /** Object that a ref has there; of an annotated tag the tag. Undefined if there is no such ref. */
  ref(name: string): Promise<string | undefined>;
  /** A commit on top of `parent` with the product laid over its tree: equal input makes an equal commit. */
  commit(product: Pick<Release, 'dir' | 'tree'>, on: { parent: string; message: string; time: string }): Promise<string>;
  /** Those files of the product that this commit has not, or has otherwise. */
  lacks(commit: string, product: Pick<Release, 'dir' | 'tree'>): Promise<string[]>;
  /** Makes the object of an annotated tag of this commit from its whole text. */
  tag(text: string, commit: string): Promise<string>;
  /** Text of a tag there. */
  tagText(ref: string): Promise<string>;
  /** Makes a new ref there; refuses to move one. */
  push(object: string, ref: string): Promise<void>;
}

/** Who commits and tags, and the principal of the tag's signature. */
export const PROMOTER = { name: 'AgentNexus', email: 'promotion@agentnexus.dev' } as const;
