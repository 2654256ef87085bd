import { isRecord } from '../../runtime/report/standing/told-entry.ts';

/** What the user has taken for good, in this browser. */
export interface Pins {
  /** Keys of logs, `NAME+ID+KEY`. */
  log: readonly string[];
  /** Whom statements are believed from: fingerprints of keys, digests of Sigstore trusted roots. */
  signing: readonly string[];
  /** Whose certificates count: `SUBJECT (ISSUER)`. */
  identities: readonly string[];
}

/** `server`: nobody but the server vouches for it. `other`: it is not among those that were pinned. */
export type KeyTrust = 'pinned' | 'server' | 'other';

export const NO_PINS: Pins = { log: [], signing: [], identities: [] };

export function trustOf(pinned: readonly string[], key: string): KeyTrust {
  if (pinned.length === 0) return 'server';
  return pinned.includes(key) ? 'pinned' : 'other';
}

const KEY = 'agentnexus.pins';

export function readPins(store: Pick<Storage, 'getItem'>): Pins {
  try {
    const value: unknown = JSON.parse(store.getItem(KEY) ?? '{}');
    if (!isRecord(value)) return NO_PINS;
    return { log: texts(value['log']), signing: texts(value['signing']), identities: texts(value['identities']) };
  } catch {
    return NO_PINS;
  }
}

export function writePins(store: Pick<Storage, 'setItem'>, pins: Pins): void {
  store.setItem(KEY, JSON.stringify(pins));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
