import type { Digest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import { isArchive } from '../../spec/archive/is-archive.ts';
import { withoutSecrets } from './git-address.ts';

/** Where an archive lies on another machine: `https://HOST/PATH.tar.gz[#sha256=HEX]`. */
export interface ArchiveAddress {
  /** What is asked for. May hold a password, or a query that is one. */
  url: URL;
  /** The same without them, for people, files and logs. */
  shown: string;
  /** What its bytes must be, where somebody has said so. */
  digest: Digest | undefined;
}

/** Reads a BUNDLE argument as the address of an archive; undefined if it is none. Throws `USAGE`. */
export function archiveAddress(text: string): ArchiveAddress | undefined {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null || !isArchive(url.pathname)) return undefined;
  const shown = withoutSecrets(url.href);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new NexusError('USAGE', `Whoever is on the way to ${shown} could put another specification in its place.`, {
      hint: 'The address of an archive must be https.',
    });
  }
  const [, hex] = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash) ?? [];
  if (url.hash !== '' && hex === undefined) {
    throw new NexusError('USAGE', `\`${url.hash}\` says nothing of an archive.`, {
      hint: 'Behind the # of its address stands what it must be: #sha256= and 64 hexadecimal digits.',
    });
  }
  url.hash = '';
  return { url, shown, digest: hex === undefined ? undefined : `sha256:${hex.toLowerCase()}` };
}
