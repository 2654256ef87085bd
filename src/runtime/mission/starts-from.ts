import type { Digest } from '../../base/digest.ts';
import { parseBaseRecord } from '../vault/base-record.ts';

/** Whether a mission started from the files that have this key; from nothing, if there is none. */
export function startsFrom({ base }: { base: string | null }, key: Digest | undefined): boolean {
  return (base === null ? undefined : parseBaseRecord(JSON.parse(base))?.key) === key;
}
