import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { NexusError, systemCode } from '../../base/errors.ts';
import { compareText } from '../../base/text.ts';
import type { CapabilityProfile } from './capability-profile.ts';
import { readProfile } from './read-profile.ts';

const BUILT_IN = join(import.meta.dirname, '..', '..', '..', 'templates', 'profiles');

/** All profiles by name: the built-in ones, and those of `folder` (`.agentnexus/profiles`), which take the place of built-in ones. Throws `PROFILE_INVALID`. */
export async function loadProfiles(folder?: string): Promise<Map<string, CapabilityProfile>> {
  const profiles = new Map<string, CapabilityProfile>();
  for (const from of folder === undefined ? [BUILT_IN] : [BUILT_IN, folder]) {
    for (const profile of await profilesIn(from)) profiles.set(profile.name, profile);
  }
  return profiles;
}

/** The profile of a task. Throws `NOT_FOUND`: a task whose profile nobody wrote may do nothing. */
export function profileNamed(profiles: ReadonlyMap<string, CapabilityProfile>, name: string): CapabilityProfile {
  const profile = profiles.get(name);
  if (profile !== undefined) return profile;
  throw new NexusError('NOT_FOUND', `There is no capability profile \`${name}\`.`, {
    hint: `There are ${[...profiles.keys()].toSorted(compareText).join(', ')}; others go into .agentnexus/profiles/NAME.yaml.`,
    details: { profile: name },
  });
}

async function profilesIn(folder: string): Promise<CapabilityProfile[]> {
  const files = list(folder).filter((name) => /\.ya?ml$/.test(name));
  return Promise.all(files.map((name) => profileIn(join(folder, name))));
}

async function profileIn(file: string): Promise<CapabilityProfile> {
  const text = textOf(file);
  const profile = await readProfile(text, file);
  // Two files could say two things of one name, and nobody would see which counts.
  if (basename(file).replace(/\.ya?ml$/, '') === profile.name) return profile;
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
