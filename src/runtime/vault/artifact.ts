import { type Digest, digestOf } from '../../base/digest.ts';
import { compareText } from '../../base/text.ts';

/** `type` of ArtifactEvidence: what a file is for. */
export type ArtifactType = 'code' | 'analysis' | 'test';

/** One file of a product: content by digest, at a path. */
export interface Artifact {
  /** Relative to the product's root, with `/`; never absolute, never with `..`. */
  path: string;
  digest: Digest;
  /** Bytes. */
  size: number;
  type: ArtifactType;
}

/** A set of files, ordered by path, no path twice. */
export type Tree = readonly Artifact[];

/** One tree of several, ordered by path; the callers have made sure that no two hold different content under one path. */
export function mergeTrees(trees: Iterable<Tree>): Tree {
  const byPath = new Map<string, Artifact>();
  for (const tree of trees) for (const artifact of tree) byPath.set(artifact.path, artifact);
  return [...byPath.values()].toSorted((a, b) => compareText(a.path, b.path));
}

/** Digest of a tree: of its paths and contents, in path order. Equal trees have equal digests. */
export function treeDigest(tree: Tree): Digest {
  return digestOf(tree.map(({ path, digest, type }) => ({ path, digest, type })));
}
