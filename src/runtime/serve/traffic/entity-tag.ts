import { sha256 } from '../../../base/digest.ts';

/**
 * A weak entity tag (RFC 9110, 8.8.3) of an answer that is read from the log as `mark` has it. Known without reading the answer, so that who asks again and
 * again costs little. `type`: of the content, where there are several.
 */
export function entityTag(mark: string, { by, url, type }: { by: string; url: string; type: string }): string {
  return `W/"${sha256(JSON.stringify([mark, by, url, type])).slice('sha256:'.length, 'sha256:'.length + 32)}"`;
}

/** Whether `If-None-Match` names the tag (RFC 9110, 13.1.2: weak comparison). */
export function isNamed(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  const names = header.split(',').map((each) => each.trim());
  return names.includes('*') || names.some((each) => each.replace(/^W\//, '') === tag.replace(/^W\//, ''));
}
