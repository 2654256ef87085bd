import { isRecord } from '../../runtime/report/standing/told-entry.ts';

/** Public keys that the user has taken for good, in this browser. */
export interface Pins {
  /** `NAME+ID+KEY`. */
  log: readonly string[];
  /** Fingerprints. */
  signing: readonly string[];
}

/** `server`: nobody but the server vouches for it. `other`: it is not among those that were pinned. */
export type KeyTrust = 'pinned' | 'server' | 'other';

export const NO_PINS: Pins = { log: [], signing: [] };

export function trustOf(pinned: readonly string[], key: string): KeyTrust {
  if (pinned.length === 0) return 'server';
  return pinned.includes(key) ? 'pinned' : 'other';
}

const KEY = 'agentnexus.pins';

export function readPins(store: Pick<Storage, 'getItem'>): Pins {
  try {
    const value: unknown = JSON.parse(store.getItem(KEY) ?? '{}');
    return isRecord(value) ? { log: texts(value['log']), signing: texts(value['signing']) } : NO_PINS;
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
