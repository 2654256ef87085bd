import { NexusError } from '../../base/errors.ts';

/** What an archive holds, in its order. */
export interface PackedEntry {
  /** As the archive has it, checked and with `/`; no leading or trailing one. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  /** Bytes when unpacked. */
  size: number;
  /** Of a file that is wanted. */
  content?: Buffer;
}

/** Which files' content to keep. */
export type Wanted = (path: string, size: number) => boolean;

/** An empty file in the top folder of an archive, which says that this folder is the bundle, even if it is called as one of those that lie in bundles. */
export const TOP_MARK = '.agentnexus-bundle';

/** A path inside the archive, of an entry or of what a link names. Throws `BUNDLE_ESCAPE` if it leads out. */
export function packedPath(name: string, archive: string): string {
  if (/\p{Cc}/u.test(name)) throw badArchive(archive, `the name ${JSON.stringify(name)} has a control character`);
  const parts = name.replaceAll('\\', '/').split('/');
  const isAbsolute = parts[0] === '' || /^[a-z]:/i.test(name);
  if (isAbsolute || parts.includes('..')) throw escaping(archive, `${name} leads out of it`, name);
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}

/** A link is never followed; one that leads out of the archive is refused. A symbolic link starts where it stands, a hard one at the root. */
export function checkLink(link: { path: string; target: string; hard: boolean }, archive: string): void {
  const target = link.target.replaceAll('\\', '/');
  const parts = link.hard ? [] : link.path.split('/').slice(0, -1);
  const refused = escaping(archive, `the link ${link.path} leads out of it`, link.path);
  if (target.startsWith('/') || /^[a-z]:/i.test(target)) throw refused;
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) throw refused;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
}

function escaping(archive: string, reason: string, path: string): NexusError {
  return new NexusError('BUNDLE_ESCAPE', `${archive} is refused: ${reason}.`, {
    hint: 'Put a copy of what it names in its place, or take it out.',
    details: { archive, path },
  });
}

export function badArchive(archive: string, reason: string, cause?: unknown): NexusError {
  return new NexusError('BUNDLE_ARCHIVE', `${archive} cannot be read: ${reason}.`, {
    hint: 'Pack the specification anew as .tar.gz or .zip, with plain files only; or unpack it and name the folder.',
    details: { archive },
    cause,
  });
}
