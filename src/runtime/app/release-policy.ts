import { dirname, resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import type { ReleaseGate } from '../mission/ask-release-policy.ts';
import type { MissionSettings, ReleaseSetting } from '../mission/settings.ts';
import type { PolicyEngine } from '../policy/release/policy-engine.ts';
import type { ReleasePolicy } from '../policy/release/release-policy.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { readConfig } from './config.ts';
import type { Configuration } from './configuration.ts';
import type { CallContext } from './operations.ts';
import { releaseConfig } from './release-config.ts';

/** A release policy as it was found, checked. */
export interface ReleaseSource {
  setting: ReleaseSetting;
  /** Left out where a server has it. */
  policy?: ReleasePolicy;
}

export interface ReleaseInputFlags {
  /** Folder, `.rego` file, bundle, `default`, or the address of an OPA server. */
  releasePolicy?: string;
  policyEngine?: ReleaseSetting['engine'];
}

/** The word for the policy that is shipped. */
const SHIPPED = 'default';

/**
 * The release policy that was asked for by flag or else by the configuration beside the bundle. It is compiled once, so that no mission begins whose gate
 * could not end. Throws `RELEASE_POLICY_*`, `CONFIG_INVALID`, `USAGE`.
 */
export async function findReleasePolicy(
  { releasePolicy: flag, policyEngine }: ReleaseInputFlags,
  { cwd, config }: Pick<CallContext, 'cwd'> & { config?: Configuration | undefined },
): Promise<ReleaseSource | undefined> {
  const configured = flag === undefined && config !== undefined ? await releaseConfig(config) : undefined;
  const source = flag ?? configured?.policy;
  if (source === undefined) {
    if (policyEngine === undefined) return undefined;
    throw new NexusError('USAGE', '`--policy-engine` says how a release policy is evaluated, and there is none.', {
      hint: 'Name one by --release-policy, or in .agentnexus.yaml under release.',
    });
  }
  const engine = policyEngine ?? configured?.engine ?? 'auto';
  if (flag !== undefined && isServer(flag)) return readServer(flag, engine);
  const base = configured === undefined || config === undefined ? cwd : dirname(config.path);
  return readSource(source === SHIPPED ? undefined : resolve(base, source), { source, engine });
}

const isServer = (source: string): boolean => /^https?:\/\//.test(source);

/** It is asked who it is, so that one that cannot be reached is known before anything runs. */
async function readServer(server: string, engine: ReleaseSetting['engine']): Promise<ReleaseSource> {
  const { username, password } = new URL(server);
  if (username !== '' || password !== '')
    throw new NexusError('USAGE', 'The address of an OPA server holds no password: it is recorded.');
  const setting: ReleaseSetting = { policy: { server }, source: server, engine };
  await (await openPolicyEngine(setting, undefined)).version();
  return { setting };
}

async function readSource(
  path: string | undefined,
  { source, engine }: Pick<ReleaseSetting, 'source' | 'engine'>,
): Promise<ReleaseSource> {
  const { DEFAULT_POLICY, readPolicy } = await import('../policy/release/read-policy.ts');
  const policy = readPolicy(path ?? DEFAULT_POLICY);
  const setting: ReleaseSetting = { policy: { digest: policy.digest }, source, engine };
  const opened = await openPolicyEngine(setting, policy);
  try {
    await opened.evaluate(policy, { query: 'true', entrypoint: '', input: '{}' });
  } finally {
    await opened.close();
  }
  return { setting, policy };
}

/** What evaluates a policy: compiled ones OPA's SDK, all others the evaluator that is shipped, if nothing else is asked for. */
async function openPolicyEngine(setting: ReleaseSetting, policy: ReleasePolicy | undefined): Promise<PolicyEngine> {
  if ('server' in setting.policy) {
    return (await import('../policy/release/server-engine.ts')).serverEngine(setting.policy.server);
  }
  const name = setting.engine === 'auto' ? (policy?.wasm === undefined ? 'embedded' : 'wasm') : setting.engine;
  if (name === 'wasm') return (await import('../policy/release/compiled-engine.ts')).compiledEngine();
  if (name === 'opa') return (await import('../workspace/opa-engine.ts')).opaEngine(readConfig());
  return (await import('../policy/release/embedded-engine.ts')).embeddedEngine();
}

/** Puts the policy into the store, so that the mission can be resumed, and its gate verified, without its files. */
export async function keepReleasePolicy(
  source: ReleaseSource | undefined,
  store: ContentStore,
): Promise<Pick<MissionSettings, 'release'>> {
  if (source === undefined) return {};
  if (source.policy !== undefined) await store.put(source.policy.bundle);
  return { release: source.setting };
}

/** The policy of a mission, ready to be asked. */
export async function releaseGateOf(setting: ReleaseSetting, store: Pick<ContentStore, 'get'>): Promise<ReleaseGate> {
  const policy = 'digest' in setting.policy ? await storedPolicy(setting.policy.digest, store) : undefined;
  return { policy, source: setting.source, engine: await openPolicyEngine(setting, policy) };
}

async function storedPolicy(digest: ReleasePolicy['digest'], store: Pick<ContentStore, 'get'>): Promise<ReleasePolicy> {
  const { parsePolicy } = await import('../policy/release/release-policy.ts');
  return parsePolicy(Buffer.from(store.get(digest)));
}

/** Whether two missions are held to one policy, evaluated in one way. */
export function isSamePolicy(a: ReleaseSetting | undefined, b: ReleaseSetting | undefined): boolean {
  const key = (setting: ReleaseSetting | undefined) => setting && [Object.values(setting.policy)[0], setting.engine].join(' ');
  return key(a) === key(b);
}
