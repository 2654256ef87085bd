import { NexusError } from '../base/errors.ts';
import { listed } from '../base/text.ts';
import { CLAIMS } from './dialects/claims.ts';
import { isMarkdown } from './line-account.ts';
import { didYouMean, NearestName } from './nearest-name.ts';
import { type Bundle, readBundle, type ReadOptions } from './read-bundle.ts';

interface DialectChoice {
  /** Name of the dialect to read as, whatever the bundle looks like. */
  dialect?: string;
}

/** Reads the bundle at a path, as far as the dialects of what lies there care. Throws `BUNDLE_*` or `USAGE`. */
export function openBundle(path: string, choice: DialectChoice = {}): Bundle {
  return readBundle(path, dialectFiles(choice));
}

/** Which of a bundle's files the dialects care for. Throws `USAGE` for a dialect that is not there. */
export function dialectFiles({ dialect }: DialectChoice = {}): ReadOptions {
  const claims = dialect === undefined ? [...CLAIMS.values()] : [claimOf(dialect)];
  const isClaimed = (path: string): boolean => claims.some((claim) => claim(path));
  return {
    wanted: (paths) => (paths.some(isClaimed) ? paths.filter((path) => isMarkdown(path) || isClaimed(path)) : paths),
  };
}

function claimOf(dialect: string): (path: string) => boolean {
  const claim = CLAIMS.get(dialect);
  if (claim === undefined) throw noDialect(dialect);
  return claim;
}

export function noDialect(dialect: string): NexusError {
  const names = [...CLAIMS.keys()];
  return new NexusError('USAGE', `There is no dialect \`${dialect}\`.`, {
    hint: `${didYouMean(new NearestName(() => names).nearest(dialect))}Dialects are ${listed(names)}.`,
    details: { dialect },
  });
}
