import { NexusError } from '../base/errors.ts';

/** Refuses a flag that is part of the contract and not built yet: better than to accept it and do something else. */
export function refuseNotBuilt(flags: Readonly<Record<string, unknown>>, hints: Readonly<Record<string, string>>): void {
  for (const [flag, hint] of Object.entries(hints)) {
    const value = flags[flag];
    if (value === undefined || value === false) continue;
    throw new NexusError('NOT_BUILT', `--${flag} is not built yet.`, { hint, details: { flag } });
  }
}
