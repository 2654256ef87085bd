import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import { NexusError, systemCode } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { counted } from '../../base/text.ts';
import type { TaskGraph } from '../../spec/model.ts';
import { findMission } from '../mission/queries.ts';
import type { MissionSettings } from '../mission/settings.ts';
import {
  invalidPolicy,
  type MissionPolicy,
  type PolicyLayer,
  policyOf,
  readPolicyLayer,
  refuseProfile,
} from '../policy/mission-policy.ts';
import { openContentStore } from '../vault/content-store.ts';
import { withHistory } from './history.ts';
import { keptPolicy } from './kept-policy.ts';
import type { ConfigFile } from './open-source.ts';
import type { ApplyRequest, CallContext } from './operations.ts';
import { workspaceDir } from './workspace.ts';

/** Much more than anybody writes. */
const MAX_BYTES = 65_536;

/** What `--policy` names: the document itself, which may be sent elsewhere. Throws `POLICY_INVALID`. */
export async function policyDocument(policy: string | JsonObject, { cwd }: Pick<CallContext, 'cwd'>): Promise<JsonObject> {
  if (typeof policy !== 'string') return policy;
  const file = resolve(cwd, policy);
  const { parseYaml } = await import('../../spec/documents/parse-yaml.ts');
  const parsed = parseYaml(textOf(file));
  if ('fault' in parsed) {
    throw invalidPolicy(file, `it is no YAML: ${parsed.fault}.`, { line: parsed.line, column: parsed.column });
  }
  // In full: what is wrong is told of the file that says it.
  await readPolicyLayer(parsed.value, file);
  return parsed.value as JsonObject;
}

function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES)
      throw invalidPolicy(file, `it has ${counted(size, 'byte')}, and may have ${counted(MAX_BYTES, 'byte')}.`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw invalidPolicy(file, `it cannot be read (${systemCode(error) ?? 'unknown error'}).`);
  }
}

/**
 * What limits the tasks of a mission: what was asked for, what the configuration beside the specification says, and what limited the mission that is run
 * again. All of it counts: a configuration may come from anybody, but can only take away. Throws `POLICY_INVALID`, `CONFIG_INVALID`.
 */
export async function policyFor(
  { policy, replay, bundle }: Pick<ApplyRequest, 'policy' | 'replay' | 'bundle'>,
  { config }: { config: Pick<ConfigFile, 'path' | 'text'> | undefined },
  context: Pick<CallContext, 'cwd' | 'workspace'>,
): Promise<MissionPolicy | undefined> {
  const asked = policy === undefined ? undefined : await policyDocument(policy, context);
  const configured = config && (await policyIn(config));
  const layers = [
    ...(asked === undefined ? [] : [await readPolicyLayer(asked, 'What was asked for')]),
    ...(configured === undefined ? [] : [await readPolicyLayer(configured.value, configured.from)]),
    ...(replay === undefined ? [] : await layersThen(replay, { bundle }, context)),
  ];
  return policyOf(layers);
}

async function policyIn({
  path,
  text,
}: Pick<ConfigFile, 'path' | 'text'>): Promise<{ value: unknown; from: string } | undefined> {
  const { parseYaml } = await import('../../spec/documents/parse-yaml.ts');
  const parsed = parseYaml(text);
  // What is no YAML has been refused by whoever reads the levels.
  const value = 'value' in parsed && isJsonObject(parsed.value) ? parsed.value['policy'] : undefined;
  return value === undefined ? undefined : { value, from: `\`policy\` in ${path}` };
}

/** What limited a mission when it was recorded. */
function layersThen(
  mission: string,
  { bundle }: { bundle: string | undefined },
  context: Pick<CallContext, 'cwd' | 'workspace'>,
): Promise<readonly PolicyLayer[]> {
  return withHistory({ ...context, workspace: workspaceDir(context, bundle) }, ({ log, workspace }) => {
    const settings = JSON.parse(findMission(log.db, mission).settings) as MissionSettings;
    return keptPolicy(settings, openContentStore(workspace.dir))?.layers ?? [];
  });
}

/** Throws `POLICY_REFUSED` where a task that somebody is to do has a profile that the policy has no place for. */
export function refuseProfiles({ tasks }: TaskGraph, policy: MissionPolicy | undefined): void {
  if (policy === undefined) return;
  for (const { ability, profile } of tasks) if (ability !== 'qa' && ability !== 'gate') refuseProfile(policy, profile);
}
