import { join } from 'node:path';

import type { Task } from '../../../spec/model.ts';
import type { CapabilityProfile } from '../../policy/capability-profile.ts';
import { decide } from '../../policy/decide.ts';
import {
  energyLimit,
  type Grant,
  grantedHosts,
  grantedKinds,
  grantedNames,
  grantedScopes,
  narrow,
  profileDigest,
} from '../../policy/grant.ts';
import { loadProfiles, profileNamed, type Profiles } from '../../policy/load-profiles.ts';
import { type MissionPolicy, refuseProfile } from '../../policy/mission-policy.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import type { Gateway } from '../../workspace/gateway/gateway.ts';
import type { Recording } from '../../workspace/gateway/replay.ts';
import type { HostBench } from '../../workspace/host/hosted-agent.ts';
import type { Terms } from '../../workspace/host/terms.ts';
import type { Redactor } from '../../workspace/secrets/redactor.ts';
import type { Sandbox } from '../../workspace/sandbox/sandbox.ts';
import { readConfig } from '../config.ts';
import type { SecretNamed } from './model-servers.ts';
import type { MemoryUse } from './recording-of.ts';
import type { Recollect } from './recollection.ts';

/** What the workspace gives to those who work in it. */
export interface WorkPlace {
  /** The workspace's folder. */
  dir: string;
  scratch: string;
  /** Places that no agent sees, wherever they lie. */
  hidden?: readonly string[];
  store: Pick<ContentStore, 'put' | 'get'>;
  /** What a mission's agents and their models have said to each other. */
  recordingOf: (mission: string) => Recording;
  /** What the memory was asked in a mission, by agent. */
  memoryUsesOf: (mission: string) => ReadonlyMap<string, readonly MemoryUse[]>;
  /** Knows whatever is given out. */
  redactor: Redactor;
  secretNamed: SecretNamed;
  secretsFor: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  recollect: Recollect;
  memoryFor: NonNullable<HostBench['memoryFor']>;
  /** Without it nobody is asked: what a profile leaves to people is denied. */
  ask?: NonNullable<HostBench['ask']>;
  /** Has this done when the mission is over: what was opened for it is closed. */
  atEnd: (close: () => Promise<void>) => void;
}

type TermsFor = (task: Pick<Task, 'profile'>) => Terms;

/** What tasks are worth to whom, once for each profile: asked for every task of a graph. */
function termsFrom(profiles: Profiles, policy: MissionPolicy | undefined): TermsFor {
  const made = new Map<string, Terms>();
  return ({ profile: name }) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    refuseProfile(policy, name);
    const terms = termsOf(grantOf(profileNamed(profiles, name), policy));
    made.set(name, terms);
    return terms;
  };
}

function grantOf(profile: CapabilityProfile, policy: MissionPolicy | undefined): Grant {
  return (policy?.layers ?? []).reduce((grant: Grant, { bounds }) => narrow(grant, bounds), [profile]);
}

function termsOf(grant: Grant): Terms {
  return {
    digest: profileDigest(grant),
    energy: energyLimit(grant),
    env: grantedNames(grant, 'env'),
    secrets: grantedNames(grant, 'secrets'),
    hosts: grantedHosts(grant),
    memory: grantedScopes(grant),
    kinds: grantedKinds(grant),
    decide: (action) => decide(grant, action),
  };
}

/** What tasks are worth to whom in a workspace: `dir`, whether it is there or not. Throws `PROFILE_INVALID`; for a task whose profile the policy does not name, `POLICY_REFUSED`. */
export function termsIn(dir: string, policy: MissionPolicy | undefined): TermsFor {
  return termsFrom(loadProfiles(join(dir, 'profiles')), policy);
}

/** What is remembered that bears on a task, as far as whoever does it may recall. */
export function recallBy(termsFor: HostBench['termsFor'], recollect: Recollect): NonNullable<HostBench['recall']> {
  return async (brief) => {
    const terms = termsFor(brief.task);
    return recollect(brief, (scope) => terms.decide({ kind: 'recall', scope }).verdict === 'allow');
  };
}

/** Everything that hosted agents work with here. */
export function hostBench(
  { dir, scratch, hidden = [], store, redactor, secretsFor, recollect, memoryFor, ask }: WorkPlace,
  { gateway, ...given }: { sandbox: Sandbox; termsFor: HostBench['termsFor']; gateway: Gateway | undefined },
): HostBench {
  const { path, home, keys, environment } = readConfig();
  return {
    ...given,
    ...(gateway === undefined ? {} : { gateway }),
    scratch,
    path,
    environment,
    secret: [dir, keys, home, ...hidden],
    secretsFor,
    memoryFor,
    ...(ask && { ask }),
    redact: (text) => redactor.text(text),
    recall: recallBy(given.termsFor, recollect),
    keep: (content) => store.put(content),
  };
}
