const CODE = /`([^`\n]{1,200})`/g;
const PATH = /^(?:\.\/)?[\p{L}\p{N}_@.()[\]{}*/+-]+$/u;
const FILE = /\.[A-Za-z][A-Za-z0-9]{0,9}$|\/$|\/\*{1,2}$|(?:^|\/)(?:Dockerfile|Makefile)$/;
/** Documents of the change: who mentions them does not write them. */
const OWN = /(?:^|\/)(?:proposal|design|tasks|spec|project)\.md$|(?:^|\/)openspec\//i;
const MAX_PATHS = 50;

/** The files and folders that a text names in code spans. A name without a folder may be a property or a host, and counts for nothing. */
export function namedPaths(text: string): string[] {
  const found = new Set<string>();
  for (const [, quoted = ''] of text.matchAll(CODE)) {
    const path = quoted
      .trim()
      .replace(/:\d+(?:-\d+)?$/, '')
      .replace(/^\.\//, '');
    if (found.size < MAX_PATHS && isFile(path)) found.add(path);
  }
  return [...found];
}

function isFile(path: string): boolean {
  return (
    path.includes('/') && PATH.test(path) && FILE.test(path) && !path.startsWith('/') && !path.includes('..') && !OWN.test(path)
  );
}
