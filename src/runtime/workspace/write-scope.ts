import picomatch from 'picomatch';

/** The paths that a task may write: globs relative to the product's root. `*` stays within a folder, `**` does not; dot files count as files. */
export function writeScope(globs: readonly string[]): (path: string) => boolean {
  return picomatch([...globs], { dot: true, nonegate: true });
}
