import { describe, expect, it } from 'vitest';

import {
  parsePolicy,
  policyOf,
  policyText,
  readPolicyLayer,
  refuseAgent,
  refuseCommand,
  refuseProfile,
} from '../../../src/runtime/policy/mission-policy.ts';

const read = (value: unknown) => readPolicyLayer(value, 'policy.yaml');

describe('a policy', () => {
  it.each([
    ['a key that is not known', { reed: ['**'] }],
    ['a path that leaves the workspace', { write: ['../x'] }],
    ['what is no host', { hosts: ['http://x'] }],
    ['what is no policy', ['read']],
    ['a sandbox that is not required', { sandbox: 'none' }],
  ])('with %s is refused', async (_, value) => {
    await expect(read(value)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
  });

  it('is the same in any order, and when it is said twice', async () => {
    const [a, b] = [await read({ run: ['npm test', 'git'] }), await read({ energy: 3 })];
    const policy = policyOf([a, b]);
    expect(policyOf([b, a, b])).toEqual(policy);
    expect(policyOf([await read({ run: ['git', 'npm test'] }), b])?.digest).toBe(policy?.digest);
    expect(policyOf([a])?.digest).not.toBe(policy?.digest);
    expect(policyOf([])).toBeUndefined();
  });

  it('comes back as it was kept', async () => {
    const policy = policyOf([await read({ name: 'strict', memory: { read: [] }, agents: ['model'], sandbox: 'required' })]);
    expect(policy && parsePolicy(policyText(policy))).toEqual(policy);
  });

  it('refuses agents, profiles and commands that it does not name, and only those', async () => {
    const policy = policyOf([await read({ agents: ['model'], profiles: ['author'], run: ['npm test'], sandbox: 'required' })]);
    const refused = expect.objectContaining({ code: 'POLICY_REFUSED' });
    expect(() => refuseAgent(policy, { name: 'codex' })).toThrow(refused);
    expect(() => refuseAgent(policy, { name: 'model', unconfined: true })).toThrow(refused);
    expect(() => refuseProfile(policy, 'integrator')).toThrow(refused);
    expect(() => refuseCommand(policy, ['npm', 'publish'])).toThrow(refused);
    expect(() => {
      refuseAgent(policy, { name: 'model' });
      refuseProfile(policy, 'author');
      refuseCommand(policy, ['npm', 'test', '--', 'x']);
    }).not.toThrow();
  });
});
