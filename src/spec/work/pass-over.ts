import type { LineAccount } from '../line-account.ts';

/** Passes over a file for where it lies or what it is called. `why` says what it is: `is guidance for agents`. */
export function passOver(account: LineAccount, why = 'tells of the specification'): void {
  account.passOver({ why, byContent: false });
}

/** Passes over a file for what it holds: one that cannot be read might hold tasks, and is not passed over so. */
export function passOverByContent(account: LineAccount, why: string): void {
  account.passOver({ why, byContent: true });
}
