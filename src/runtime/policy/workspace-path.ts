/** Names that belong to git and to us, as file systems might take them: what lies there decides what runs, and what is allowed. */
const RESERVED = /^(?:\.git|git~\d+|\.agentnexus(?:\.ya?ml)?|agentn~\d+)$/;

/** PATH_MAX of Linux. */
const MAX_LENGTH = 4096;

export type WorkspacePath = { path: string } | { fault: string };

/**
 * A path inside the workspace in its one spelling: `./a//b` is `a/b`, in NFC. A fault is what could lead elsewhere on some system: absolute paths,
 * `..` at any place (what it goes up from may be a link), backslashes, drives, streams, control characters, and the folders of git and of
 * ours under any name that a file system may take for theirs.
 */
export function workspacePath(raw: string): WorkspacePath {
  if (raw.length > MAX_LENGTH || !raw.isWellFormed() || /[\\:\p{Cc}]/u.test(raw)) return { fault: 'no path of a workspace' };
  if (raw.startsWith('/') || raw.startsWith('~')) return { fault: 'leads out of the workspace' };
  const names = raw
    .normalize('NFC')
    .split('/')
    .filter((name) => name !== '' && name !== '.');
  if (names.some((name) => /^\.\.[. ]*$/.test(name))) return { fault: 'leads out of the workspace' };
  const reserved = names.find((name) => RESERVED.test(folded(name)));
  if (reserved !== undefined) return { fault: `${reserved} is nobody's to touch` };
  return names.length === 0 ? { fault: 'no path of a workspace' } : { path: names.join('/') };
}

/** As case-insensitive, normalising and forgiving file systems see a name: HFS+ ignores invisible characters, Windows final dots and blanks. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(/[. ]+$/, '');
}
