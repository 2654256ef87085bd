import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { Digest } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import type { ReleaseGate } from '../../mission/ask-release-policy.ts';
import type { MissionSettings, ReleaseSetting } from '../../mission/settings.ts';
import type { PolicyEngine } from '../../policy/release/policy-engine.ts';
import type { ReleasePolicy } from '../../policy/release/release-policy.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { publicKeyIn } from '../../vault/public-key.ts';
import { fingerprintOf } from '../../vault/signing-key.ts';
import { readConfig } from '../config.ts';
import type { Configuration } from '../source/configuration.ts';
import type { CallContext } from '../operations.ts';
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
  /** File with the public key that it must be signed by. */
  policyKey?: string;
}

/** The word for the policy that is shipped. */
const SHIPPED = 'default';

/**
 * The release policy that was asked for by flag or else by the configuration beside the bundle. It is compiled once, so that no mission begins whose gate
 * could not end; where a key is asked for, it must have signed it. Throws `RELEASE_POLICY_*`, `KEY_UNUSABLE`, `CONFIG_INVALID`, `USAGE`.
 */
export async function findReleasePolicy(
  { releasePolicy: flag, policyEngine, policyKey }: ReleaseInputFlags,
  { cwd, config }: Pick<CallContext, 'cwd'> & { config?: Configuration | undefined },
): Promise<ReleaseSource | undefined> {
  const configured = flag === undefined && config !== undefined ? await releaseConfig(config) : undefined;
  const source = flag ?? configured?.policy;
  if (source === undefined) {
    if (policyEngine !== undefined) throw forNothing('`--policy-engine` says how a release policy is evaluated');
    if (policyKey !== undefined) throw forNothing('`--policy-key` says who signs a release policy');
    return undefined;
  }
  const engine = policyEngine ?? configured?.engine ?? 'auto';
  if (flag !== undefined && isServer(flag)) {
    if (policyKey === undefined) return readServer(flag, engine);
    throw heldByServer();
  }
  const base = configured === undefined || config === undefined ? cwd : dirname(config.path);
  const key = policyKey === undefined ? configured?.key && resolve(base, configured.key) : resolve(cwd, policyKey);
  return readSource({ path: source === SHIPPED ? undefined : resolve(base, source), key }, { source, engine });
}

function forNothing(what: string): NexusError {
  return new NexusError('USAGE', `${what}, and there is none.`, {
    hint: 'Name one by --release-policy, or in .agentnexus.yaml under release.',
  });
}

function heldByServer(): NexusError {
  return new NexusError('USAGE', 'What a server has cannot be held against `--policy-key`.', {
    hint: 'OPA itself checks the bundles that it is given: `opa run --verification-key`.',
  });
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
  { path, key }: { path: string | undefined; key: string | undefined },
  { source, engine }: Pick<ReleaseSetting, 'source' | 'engine'>,
): Promise<ReleaseSource> {
  const { DEFAULT_POLICY, readPolicy } = await import('../../policy/release/read-policy.ts');
  const policy = readPolicy(path ?? DEFAULT_POLICY);
  const signed = key === undefined ? {} : { signedBy: await checkSigned(policy, key) };
  const setting: ReleaseSetting = { policy: { digest: policy.digest }, source, engine, ...signed };
  const opened = await openPolicyEngine(setting, policy);
  try {
    await opened.evaluate(policy, { query: 'true', entrypoint: '', input: '{}' });
  } finally {
    await opened.close();
  }
  return { setting, policy };
}

/** The fingerprint of the key that has signed it. */
async function checkSigned({ bundle }: ReleasePolicy, file: string): Promise<Digest> {
  const { checkSignature } = await import('../../policy/release/bundle-signature.ts');
  const key = readPublicKey(file);
  await checkSignature(bundle, key);
  return fingerprintOf(key);
}

function readPublicKey(file: string): KeyObject {
  try {
    return publicKeyIn(readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof NexusError
      ? error
      : new NexusError('USAGE', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** What evaluates a policy: compiled ones OPA's SDK, all others the evaluator that is shipped, if nothing else is asked for. */
async function openPolicyEngine(setting: ReleaseSetting, policy: ReleasePolicy | undefined): Promise<PolicyEngine> {
  if ('server' in setting.policy) {
    return (await import('../../policy/release/server-engine.ts')).serverEngine(setting.policy.server);
  }
  const name = setting.engine === 'auto' ? (policy?.wasm === undefined ? 'embedded' : 'wasm') : setting.engine;
  if (name === 'wasm') return (await import('../../policy/release/compiled-engine.ts')).compiledEngine();
  if (name === 'opa') return (await import('../../workspace/opa-engine.ts')).opaEngine(readConfig());
  return (await import('../../policy/release/embedded-engine.ts')).embeddedEngine();
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

/** The policy that a mission has kept; `key`: file of the public key that must have signed it. Throws `RELEASE_POLICY_UNSIGNED`, `KEY_UNUSABLE`, `USAGE`. */
export async function keptSource(
  setting: ReleaseSetting,
  { store, key }: { store: Pick<ContentStore, 'get'>; key: string | undefined },
): Promise<ReleaseSource> {
  if (key === undefined) return { setting };
  if ('server' in setting.policy) throw heldByServer();
  const signedBy = await checkSigned(await storedPolicy(setting.policy.digest, store), key);
  return { setting: { ...setting, signedBy } };
}

/** The policy of a mission, ready to be asked. */
export async function releaseGateOf(setting: ReleaseSetting, store: Pick<ContentStore, 'get'>): Promise<ReleaseGate> {
  const policy = 'digest' in setting.policy ? await storedPolicy(setting.policy.digest, store) : undefined;
  return { policy, source: setting.source, engine: await openPolicyEngine(setting, policy) };
}

async function storedPolicy(digest: ReleasePolicy['digest'], store: Pick<ContentStore, 'get'>): Promise<ReleasePolicy> {
  const { parsePolicy } = await import('../../policy/release/release-policy.ts');
  return parsePolicy(Buffer.from(store.get(digest)));
}

/** Whether two missions are held to one policy, evaluated in one way. */
export function isSamePolicy(a: ReleaseSetting | undefined, b: ReleaseSetting | undefined): boolean {
  const key = (setting: ReleaseSetting | undefined) => setting && [Object.values(setting.policy)[0], setting.engine].join(' ');
  return key(a) === key(b);
}
