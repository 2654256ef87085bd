import { digestOf } from '../../../base/digest.ts';
import { residentLog } from '../../app/host/resident-host.ts';
import type { Host } from '../../app/host/host.ts';

/**
 * A weak entity tag (RFC 9110, 8.8.3) of an answer that is read from the log: it is another as soon as the log has an entry or a signed head more. Known without
 * reading the answer, so that who asks again and again costs little. `type`: of the content, where there are several.
 */
export function entityTag({ engine: { log, workspace } }: Host, asked: { by: string; url: string; type: string }): string {
  const { size, note = '' } = { size: log.size, ...(residentLog(workspace.dir) ?? log).checkpoint() };
  return `W/"${digestOf({ ...asked, size: log.size, signed: size, note }).slice('sha256:'.length, 'sha256:'.length + 32)}"`;
}

/** Whether `If-None-Match` names the tag (RFC 9110, 13.1.2: weak comparison). */
export function isNamed(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  const names = header.split(',').map((each) => each.trim());
  return names.includes('*') || names.some((each) => each.replace(/^W\//, '') === tag.replace(/^W\//, ''));
}
