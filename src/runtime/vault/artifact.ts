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
  /** Left out where it is not. */
  executable?: true;
}

/** A set of files, ordered by path, no path twice. */
export type Tree = readonly Artifact[];

/** What a task has done to the tree that it started from. */
export interface Change {
  /** New files, and those with other content. */
  files: Tree;
  /** Paths that are no longer there, ordered; none of `files`. */
  removed: readonly string[];
}

/** One tree of several, ordered by path; the callers have made sure that no two hold different content under one path. */
export function mergeTrees(trees: Iterable<Tree>): Tree {
  const byPath = new Map<string, Artifact>();
  for (const tree of trees) for (const artifact of tree) byPath.set(artifact.path, artifact);
  return [...byPath.values()].toSorted((a, b) => compareText(a.path, b.path));
}

/** A tree with some paths changed: `undefined` where a file is no longer there. */
export function overlaid(base: Tree, versions: ReadonlyMap<string, Artifact | undefined>): Tree {
  const files = [...versions.values()].flatMap((file) => file ?? []).sort((a, b) => compareText(a.path, b.path));
  if (base.length === 0) return files;
  const tree: Artifact[] = [];
  let next = 0;
  for (const file of base) {
    if (versions.has(file.path)) continue;
    for (let own = files[next]; own !== undefined && compareText(own.path, file.path) < 0; own = files[++next]) tree.push(own);
    tree.push(file);
  }
  return [...tree, ...files.slice(next)];
}

/** Digest of a tree: of its paths and contents, in path order. Equal trees have equal digests. */
export function treeDigest(tree: readonly Omit<Artifact, 'size'>[]): Digest {
  return digestOf(tree.map(listed));
}

/** Digest of a change; of one that removes nothing it is that of its files. */
export function changeDigest(change: Change): Digest {
  return isEmpty(change) ? NO_CHANGE : digestOf(listedChange(change));
}

/** Many tasks leave nothing, and each is asked for its digest several times. */
const NO_CHANGE = digestOf([]);

export function isEmpty({ files, removed }: Change): boolean {
  return files.length + removed.length === 0;
}

/** A file as digests and listings know it. */
export function listed({ path, digest, type, executable }: Omit<Artifact, 'size'>): Omit<Artifact, 'size'> {
  return executable === true ? { path, digest, type, executable } : { path, digest, type };
}

/** The files of a change and, among them in the order of paths, what it removes. */
export function listedChange({ files, removed }: Change): (Omit<Artifact, 'size'> | { path: string; removed: true })[] {
  const gone = removed.map((path) => ({ path, removed: true as const }));
  return [...files.map(listed), ...gone].sort((a, b) => compareText(a.path, b.path));
}
