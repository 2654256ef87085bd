import { isCited } from '../../work/cited-paths.ts';

/** Documents of the feature itself: a task that mentions them does not write them. */
const OWN = /(?:^|\/)(?:spec|plan|tasks|research|data-model|quickstart|constitution)\.md$|(?:^|\/)(?:contracts|checklists)\//i;
/** Code spans, and bare paths in ASCII: other scripts put no blanks around them. Each bare token is looked at from its beginning only. */
const TOKEN =
  /`([^`\n]{1,200})`|(?<![A-Za-z0-9_@.()[\]{}*/-])((?:\.{0,2}\/)?(?:[A-Za-z0-9_@.()[\]{}*-]+\/)+[A-Za-z0-9_@.()[\]{}*-]*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,3}\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|swift|cs|fs|rb|php|sql|ya?ml|toml|json|md|html|css|scss|sh|proto)(?![A-Za-z0-9]))/g;
const PATH = /^(?:\.{0,2}\/)?[\p{L}\p{N}_@.()[\]{}*/+-]+$/u;
/** A file below a folder: `Order.ts` alone may stand anywhere, and `.tsx` is an ending. */
const FILE =
  /\/[^/]*[^/.]\.[A-Za-z][A-Za-z0-9]{0,9}$|\/(?:Dockerfile|Makefile|\.[a-z]+(?:rc|ignore))$|\/\*{1,2}(?:\.[a-z]{1,6})?$/;
const FOLDER = /^[^/]+\/(?:[^/]+\/)+$/;
/** Files that stand at the root of a project, so that their name says where. */
const AT_ROOT =
  /^(?:package(?:-lock)?\.json|tsconfig(?:\.[a-z]+)?\.json|README\.md|CHANGELOG\.md|Dockerfile|Makefile|docker-compose\.ya?ml|pyproject\.toml|requirements\.txt|go\.mod|Cargo\.toml|Package\.swift|pom\.xml|build\.gradle(?:\.kts)?|\.gitignore|\.env\.example|[a-z]+\.config\.[cm]?[jt]s)$/;
const MAX_PATHS = 50;

/**
 * The files that a task's text names as its result; if it names none, its folders, unless only `files` are asked for. What leads out
 * of the repository, addresses of routes, and what it only reads (`following src/a.ts`) are left out.
 */
export function namedPaths(text: string, { files: onlyFiles }: { files: boolean }): string[] {
  const files = new Set<string>();
  const folders = new Set<string>();
  let previous: { cited: boolean; end: number } | undefined;
  for (const { 0: token, 1: quoted, 2: bare, index } of text.matchAll(TOKEN)) {
    const written = quoted === undefined ? unwrapped(bare ?? '') : quoted.replace(/:\d{1,6}(?:-\d{1,6})?$/, '');
    const path = written.replace(/^\.\//, '');
    const isFile = FILE.test(path) || AT_ROOT.test(path);
    if (!PATH.test(path) || path.startsWith('/') || path.includes('..') || !(isFile || FOLDER.test(path))) continue;
    previous = { cited: isCited(text, index, previous), end: index + token.length };
    if (previous.cited || OWN.test(path)) continue;
    if (isFile && files.size < MAX_PATHS) files.add(path);
    else if (!isFile && folders.size < MAX_PATHS) folders.add(path);
  }
  return files.size > 0 || onlyFiles ? [...files] : [...folders];
}

/** Without the parentheses and the full stop around it. */
function unwrapped(bare: string): string {
  const path =
    bare.startsWith('(') && !bare.slice(1).startsWith('(') && bare.indexOf(')') >= bare.length - 2 ? bare.slice(1) : bare;
  return path.replace(/[.)]{1,3}$/, '');
}
