import type { MissionPolicy } from '../../policy/mission-policy.ts';
import type { Configuration } from '../source/configuration.ts';
import type { ApplyRequest, CallContext } from '../operations.ts';
import { workspaceDir } from '../workspace.ts';

/**
 * What limits the tasks of a mission: what was asked for, what the configuration beside the specification says, and what limited the mission that is run
 * again. All of it counts: a configuration may come from anybody, but can only take away. Throws `POLICY_INVALID`, `CONFIG_INVALID`.
 */
export async function policyFor(
  { policy, replay, bundle }: Pick<ApplyRequest, 'policy' | 'replay' | 'bundle'>,
  config: Configuration | undefined,
  context: Pick<CallContext, 'cwd' | 'workspace'>,
): Promise<MissionPolicy | undefined> {
  const configured = await config?.said('policy');
  if (policy === undefined && configured === undefined && replay === undefined) return undefined;
  const { policyOf, readPolicyLayer } = await import('../../policy/mission-policy.ts');
  const asked = policy === undefined ? undefined : await (await import('./policy-document.ts')).policyDocument(policy, context);
  const workspace = workspaceDir(context, bundle);
  const layers = [
    ...(asked === undefined ? [] : [await readPolicyLayer(asked, 'What was asked for')]),
    ...(configured === undefined ? [] : [await readPolicyLayer(configured, `\`policy\` in ${config?.path}`)]),
    ...(replay === undefined
      ? []
      : await (await import('./recorded-policy.ts')).recordedPolicy(replay, { ...context, workspace })),
  ];
  return policyOf(layers);
}
