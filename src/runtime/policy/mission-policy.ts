import { type Digest, sha256 } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { MissionPolicy as PolicyText } from '../../base/generated/mission-policy.ts';
import { canonicalJson, type JsonValue } from '../../base/json.ts';
import { compareText, counted } from '../../base/text.ts';
import type { TaskGraph } from '../../spec/model.ts';
import { type Bounds, commandRule, setOf } from './capability-profile.ts';
import { decide } from './decide.ts';
import { readHostRule } from './host-rule.ts';

/** One document that says what any task of a mission may do at most. What it leaves out it does not limit. */
export interface PolicyLayer {
  bounds: Bounds;
  /** Names of profiles that tasks may have. */
  profiles?: readonly string[];
  /** Names of agents that may be given tasks. */
  agents?: readonly string[];
  /** No agent runs without walls, and no test of what it has made. */
  walls?: true;
}

/** All that limits a mission: each of these counts. */
export interface MissionPolicy {
  /** Of the text by which it is kept. */
  digest: Digest;
  layers: readonly [PolicyLayer, ...PolicyLayer[]];
}

const UNNAMED = "the mission's policy";

/** Reads a policy document. Throws `POLICY_INVALID` with what is wrong; `file` is named there. */
export async function readPolicyLayer(value: unknown, file: string): Promise<PolicyLayer> {
  const { checkMissionPolicy } = await import('./mission-policy-check.ts');
  const checked = checkMissionPolicy(value);
  if (checked.valid) return layerOf(value as PolicyText, file);
  const faults = checked.errors.map(({ path, message }) => `${path === '' ? 'the policy' : path.slice(1)} ${message}`);
  const more = faults.length > 1 ? ` (and ${counted(faults.length - 1, 'more fault')})` : '';
  throw invalidPolicy(file, `${faults[0]}${more}.`, { faults });
}

export function invalidPolicy(file: string, message: string, details: Record<string, unknown> = {}): NexusError {
  return new NexusError('POLICY_INVALID', `${file} is no policy of a mission: ${message}`, {
    hint: 'docs/capability-profiles.md shows how policies are written.',
    details: { file, ...details },
  });
}

function layerOf(text: PolicyText, file: string): PolicyLayer {
  const host = text.hosts?.find((rule) => readHostRule(rule) === undefined);
  if (host !== undefined) throw invalidPolicy(file, `\`${host}\` is no host: write host, host:port, *.host or *.host:port.`);
  const { memory, profiles, agents, energy, run } = text;
  const bounds: Bounds = {
    name: text.name === undefined ? UNNAMED : `the policy ${text.name}`,
    ...listsOf(text),
    ...(run === undefined ? {} : { run: setOf(run).flatMap(commandRule) }),
    ...(memory === undefined ? {} : { memory: sets(memory, ['read', 'write']) }),
    ...(energy === undefined ? {} : { energy }),
  };
  return {
    bounds,
    ...(profiles === undefined ? {} : { profiles: setOf(profiles) }),
    ...(agents === undefined ? {} : { agents: setOf(agents) }),
    ...(text.sandbox === 'required' ? { walls: true } : {}),
  };
}

const listsOf = (text: PolicyText): Omit<Bounds, 'name' | 'run' | 'memory' | 'energy'> => ({
  ...sets(text, ['read', 'write', 'hosts', 'env', 'secrets']),
  ...(text.ask === undefined ? {} : { ask: setOf(text.ask) }),
});

/** Those of the lists that are there, as sets. */
function sets<K extends string>(from: { [N in K]?: string[] }, names: readonly K[]): { [N in K]?: string[] } {
  const found: { [N in K]?: string[] } = {};
  for (const name of names) {
    const list = from[name];
    if (list !== undefined) found[name] = setOf(list);
  }
  return found;
}

/** The policy that these make together, in any order; undefined if there are none. */
export function policyOf(layers: readonly PolicyLayer[]): MissionPolicy | undefined {
  const byText = new Map(layers.map((layer) => [canonicalJson(layer as unknown as JsonValue), layer]));
  const [first, ...others] = [...byText].toSorted(([a], [b]) => compareText(a, b)).map(([, layer]) => layer);
  if (first === undefined) return undefined;
  const policy = { layers: [first, ...others] as const };
  return { ...policy, digest: sha256(Buffer.from(policyText(policy))) };
}

/** As it is kept in the content store. */
export function policyText({ layers }: Pick<MissionPolicy, 'layers'>): string {
  return canonicalJson(layers as unknown as JsonValue);
}

/** Reads what `policyText` has written, and whose digest was checked. */
export function parsePolicy(text: string): MissionPolicy | undefined {
  return policyOf(JSON.parse(text) as PolicyLayer[]);
}

/** Throws `POLICY_REFUSED` where the policy has no place for an agent. */
export function refuseAgent(
  policy: MissionPolicy | undefined,
  { name, unconfined = false }: { name: string; unconfined?: boolean },
): void {
  for (const { bounds, agents, walls } of policy?.layers ?? []) {
    if (agents !== undefined && !agents.includes(name)) {
      throw refused(`${bounds.name} does not name the agent ${name}`, `It allows ${listedOr(agents, 'compiler')}.`);
    }
    if (walls === true && unconfined) {
      throw refused(`${bounds.name} lets no agent run without walls`, 'Leave --unsafe-no-sandbox out; docs/sandbox.md.');
    }
  }
}

/** Whether nothing may run without walls. */
export function wallsRequired(policy: MissionPolicy | undefined): boolean {
  return policy?.layers.some(({ walls }) => walls === true) === true;
}

/** Throws `POLICY_REFUSED` where the policy has no place for a task's profile. */
export function refuseProfile(policy: MissionPolicy | undefined, profile: string): void {
  for (const { bounds, profiles } of policy?.layers ?? []) {
    if (profiles === undefined || profiles.includes(profile)) continue;
    const hint = `It allows ${listedOr(profiles, 'none')}. \`spec-kit plan BUNDLE --json\` shows which task has which.`;
    throw refused(`${bounds.name} does not name the profile ${profile}, which a task has`, hint);
  }
}

/** Throws `POLICY_REFUSED` where a task that somebody is to do has a profile that the policy has no place for. */
export function refuseProfiles({ tasks }: Pick<TaskGraph, 'tasks'>, policy: MissionPolicy | undefined): void {
  if (policy === undefined) return;
  for (const { ability, profile } of tasks) if (ability !== 'qa' && ability !== 'gate') refuseProfile(policy, profile);
}

/** Why the policy lets nobody run a command that somebody has written down beforehand; throws `POLICY_REFUSED`. */
export function refuseCommand(policy: MissionPolicy | undefined, argv: readonly [string, ...string[]]): void {
  for (const { bounds } of policy?.layers ?? []) {
    if (decide(bounds, { kind: 'run', argv }).verdict === 'allow') continue;
    throw refused(`${bounds.name} does not let ${argv.join(' ').slice(0, 200)} run`, 'Name its first words below `run` there.');
  }
}

const listedOr = (names: readonly string[], none: string): string => (names.length === 0 ? none : names.join(', '));

function refused(message: string, hint: string): NexusError {
  return new NexusError('POLICY_REFUSED', `${message.charAt(0).toUpperCase()}${message.slice(1)}; nothing was run.`, { hint });
}
