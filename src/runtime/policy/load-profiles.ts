import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { NexusError, systemCode } from '../../base/errors.ts';
import { compareText } from '../../base/text.ts';
import type { CapabilityProfile } from './capability-profile.ts';
import { readProfile } from './read-profile.ts';

const YAML = /\.ya?ml$/;
const BUILT_IN = join(import.meta.dirname, '..', '..', '..', 'templates', 'profiles');

/** By name. Whoever wants one calls for it: those that nobody has are not read. */
export type Profiles = ReadonlyMap<string, () => CapabilityProfile>;

/** All profiles: the built-in ones, and those of `folder` (`.agentnexus/profiles`), which take the place of built-in ones. Throws `PROFILE_INVALID`. */
export function loadProfiles(folder?: string): Profiles {
  const profiles = new Map<string, () => CapabilityProfile>();
  for (const file of filesIn(BUILT_IN)) profiles.set(nameOf(file), () => profileIn(file));
  // What others write is read at once: a fault is to stop what begins, not what goes on.
  for (const file of folder === undefined ? [] : filesIn(folder)) {
    const profile = profileIn(file);
    profiles.set(profile.name, () => profile);
  }
  return profiles;
}

/** The profile of a task. Throws `NOT_FOUND`: a task whose profile nobody wrote may do nothing. */
export function profileNamed(profiles: Profiles, name: string): CapabilityProfile {
  const profile = profiles.get(name)?.();
  if (profile !== undefined) return profile;
  throw new NexusError('NOT_FOUND', `There is no capability profile \`${name}\`.`, {
    hint: `There are ${[...profiles.keys()].toSorted(compareText).join(', ')}; others go into .agentnexus/profiles/NAME.yaml.`,
    details: { profile: name },
  });
}

function filesIn(folder: string): string[] {
  return list(folder).flatMap((name) => (YAML.test(name) ? [join(folder, name)] : []));
}

function nameOf(file: string): string {
  return basename(file).replace(YAML, '');
}

function profileIn(file: string): CapabilityProfile {
  const profile = readProfile(textOf(file), file);
  // Two files could say two things of one name, and nobody would see which counts.
  if (nameOf(file) === profile.name) return profile;
  throw new NexusError('PROFILE_INVALID', `${file} holds the profile \`${profile.name}\`: file and profile have one name.`, {
    hint: `Rename it to ${profile.name}.yaml.`,
    details: { file },
  });
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > 1_000_000) throw new RangeError('it is larger than any profile');
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new NexusError('PROFILE_INVALID', `The capability profile ${file} cannot be read.`, {
      details: { file },
      cause: error,
    });
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted(compareText);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new NexusError('PROFILE_INVALID', `The folder ${folder} cannot be read.`, { details: { folder }, cause: error });
  }
}
