import { join } from 'node:path';

import { grantedHosts, grantedNames } from '../../policy/grant.ts';
import { loadProfiles, profileNamed } from '../../policy/load-profiles.ts';
import type { Walls } from '../../qa/walls.ts';
import { readConfig } from '../config.ts';
import { sandboxFor } from './sandbox-for.ts';

/**
 * What the tests of a product run in: the sandbox, and what the profile `tester` gives them besides their copy: hosts, and variables by name. `dir` is the
 * workspace's folder, whether it is there or not, which may have a profile of that name. Throws `PROFILE_INVALID`.
 */
export async function testWalls(dir: string): Promise<Walls> {
  const profile = profileNamed(loadProfiles(join(dir, 'profiles')), 'tester');
  const machine = readConfig();
  const { environment } = machine;
  const env = Object.fromEntries(
    grantedNames(profile, 'env').flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  return { sandbox: await sandboxFor({ unconfined: false }), machine, hosts: grantedHosts(profile), env };
}
