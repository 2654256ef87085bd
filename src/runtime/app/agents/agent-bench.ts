import type { Digest } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Task } from '../../../spec/model.ts';
import type { CapabilityProfile } from '../../policy/capability-profile.ts';
import { decide } from '../../policy/decide.ts';
import { energyLimit, grantedHosts, grantedNames, profileDigest } from '../../policy/grant.ts';
import { profileNamed } from '../../policy/load-profiles.ts';
import type { HostBench } from '../../workspace/host/hosted-agent.ts';
import { noSandbox } from '../../workspace/host/no-sandbox.ts';
import type { Terms } from '../../workspace/host/terms.ts';
import type { Sandbox } from '../../workspace/sandbox/sandbox.ts';
import { readConfig } from '../config.ts';

/** What the workspace gives to those who work in it. */
export interface WorkPlace {
  /** The workspace's folder. */
  dir: string;
  scratch: string;
  keep: (content: Uint8Array) => Promise<Digest>;
}

/** The sandbox that agents are put into: `unconfined` only where somebody has said so outright. */
export async function sandboxFor({ unconfined }: { unconfined: boolean }): Promise<Sandbox> {
  return unconfined ? noSandbox : nowhere;
}

/** What tasks are worth to whom, once for each profile: asked for every task of a graph. */
export function termsFrom(profiles: ReadonlyMap<string, CapabilityProfile>): (task: Pick<Task, 'profile'>) => Terms {
  const made = new Map<string, Terms>();
  return ({ profile: name }) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const profile = profileNamed(profiles, name);
    const terms: Terms = {
      digest: profileDigest(profile),
      energy: energyLimit(profile),
      env: grantedNames(profile, 'env'),
      hosts: grantedHosts(profile),
      decide: (action) => decide(profile, action),
    };
    made.set(name, terms);
    return terms;
  };
}

/** Everything that hosted agents work with here. */
export function hostBench(
  { dir, scratch, keep }: WorkPlace,
  { sandbox, termsFor }: { sandbox: Sandbox; termsFor: HostBench['termsFor'] },
): HostBench {
  const { path, home, keys, environment } = readConfig();
  return { scratch, path, environment, secret: [dir, keys, home], sandbox, termsFor, keep };
}

const nowhere: Sandbox = {
  name: 'srt',
  missing: async () => [
    { what: 'there is no sandbox', hint: 'This version has none; `--unsafe-no-sandbox` runs agents without walls.' },
  ],
  start: async () => {
    throw new NexusError('SANDBOX_MISSING', 'There is no sandbox here.');
  },
};
