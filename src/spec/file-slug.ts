import { hexOf, sha256 } from '../base/digest.ts';
import { slug } from '../base/text.ts';

const MAX_LENGTH = 80;
/** Hex digits that tell shortened or foreign names apart. */
const HASH_LENGTH = 8;
const PLAIN = /^[a-z0-9-]+$/;
/** Device names of Windows, with or without an extension (Microsoft, "Naming Files, Paths, and Namespaces"). */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * A name as a safe file name: `[a-z0-9-]`, at most 80 characters, no reserved name. What cannot be kept (other scripts, length)
 * is replaced by a hash of the whole name, so that different names stay different.
 */
export function fileSlug(name: string): string {
  const words = slug(name);
  if (PLAIN.test(words) && words.length <= MAX_LENGTH && !RESERVED.test(words)) return words;
  const ascii = words
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const kept = ascii.replaceAll('-', '').length === words.normalize('NFD').replace(/[-\p{M}]+/gu, '').length;
  if (kept && ascii !== '' && ascii.length <= MAX_LENGTH && !RESERVED.test(ascii)) return ascii;
  const head = ascii.slice(0, MAX_LENGTH - HASH_LENGTH - 1).replace(/-+$/, '');
  const hash = hexOf(sha256(name.normalize('NFKC'))).slice(0, HASH_LENGTH);
  return head === '' ? `x-${hash}` : `${head}-${hash}`;
}
