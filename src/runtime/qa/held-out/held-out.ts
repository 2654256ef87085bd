import type { Digest } from '../../../base/digest.ts';

/** Tests of one requirement that are laid over a product when it is judged, and that nobody who makes it sees. */
export interface HeldOut {
  /** What stands for them: their text is nobody's to read. */
  requirement: string;
  title?: string;
  /** Where they lie, absolute: agents are kept from it. */
  from: string;
  files: HeldOutFile[];
}

export interface HeldOutFile {
  /** In the product. */
  path: string;
  digest: Digest;
  size: number;
  executable?: true;
}
