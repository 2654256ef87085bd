import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Action } from '../../../src/runtime/policy/action.ts';
import type { AskKind, Bounds, CapabilityProfile, CommandRule } from '../../../src/runtime/policy/capability-profile.ts';
import { decide } from '../../../src/runtime/policy/decide.ts';
import {
  energyLimit,
  grantedHosts,
  grantedKinds,
  grantedNames,
  grantedScopes,
  narrow,
  profileDigest,
} from '../../../src/runtime/policy/grant.ts';

const some = <T>(...of: T[]) => fc.uniqueArray(fc.constantFrom(...of), { maxLength: 4 });
const HOSTS = [
  'a.example',
  '*.a.example',
  'b.a.example',
  'b.a.example:80',
  '*.b.a.example',
  'a.example:80',
  '*.a.example:80',
  '127.0.0.1:80',
];
const PATHS = ['**', 'src/**', 'src/*', '*.md', 'src/a.ts', '{src,test}/**'];
const COMMANDS: CommandRule[] = [['npm'], ['npm', 'test'], ['npm', '*'], ['git', 'log'], ['sh']];

const profiles: fc.Arbitrary<CapabilityProfile> = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  read: some(...PATHS),
  write: some(...PATHS),
  run: some(...COMMANDS),
  hosts: some(...HOSTS),
  env: some('A', 'B', 'C'),
  secrets: some('a', 'b', 'c'),
  memory: fc.record({ read: some('mission', 'team/*', 'team/x'), write: some('mission', '*') }),
  energy: fc.nat(10),
  ask: some<AskKind>('run', 'write', 'connect', 'other'),
});

/** What leaves out any of the keys. */
const bounds: fc.Arbitrary<Bounds> = fc
  .tuple(profiles, fc.subarray(['read', 'write', 'run', 'hosts', 'env', 'secrets', 'memory', 'energy', 'ask'] as const))
  .map(([{ name, ...profile }, left]) => ({
    name,
    ...Object.fromEntries(Object.entries(profile).filter(([key]) => !left.some((each) => each === key))),
  }));

const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('read' as const, 'write' as const),
    path: fc.constantFrom('src/a.ts', 'src/x/y', 'a.md', 'test/x', '.git/x', '../x'),
  }),
  fc.record({
    kind: fc.constant('run' as const),
    argv: fc.constantFrom<[string, ...string[]]>(['npm'], ['npm', 'test'], ['npm', 'i', 'x'], ['git', 'log'], ['sh', '-c']),
  }),
  fc.record({
    kind: fc.constant('connect' as const),
    host: fc.constantFrom('a.example', 'b.a.example', 'c.b.a.example', 'xa.example', '127.0.0.1'),
    port: fc.constantFrom(80, 443),
  }),
  fc.record({ kind: fc.constantFrom('env' as const, 'secret' as const), name: fc.constantFrom('A', 'B', 'a', 'b') }),
  fc.record({
    kind: fc.constantFrom('remember' as const, 'recall' as const),
    scope: fc.constantFrom('mission', 'team/x', 'other'),
  }),
  fc.record({ kind: fc.constant('spend' as const), energy: fc.integer({ min: -1, max: 11 }) }),
  fc.constant({ kind: 'other' as const, what: 'x' }),
);

describe('narrow', () => {
  it('never widens: what is allowed in the end is what both allow, and what may be asked about both leave open', () => {
    fc.assert(
      fc.property(profiles, profiles, actions, (a, b, action) => {
        const verdicts = [a, b].map((each) => decide(each, action).verdict);
        const { verdict } = decide(narrow(a, b), action);
        expect(verdict === 'allow').toBe(verdicts.every((each) => each === 'allow'));
        expect(verdict === 'deny').toBe(verdicts.includes('deny'));
      }),
      { numRuns: 2000 },
    );
  });

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(profiles, profiles, profiles, (a, b, c) => {
        expect(narrow(a, b)).toEqual(narrow(b, a));
        expect(narrow(narrow(a, b), c)).toEqual(narrow(a, narrow(b, c)));
        expect(narrow(narrow(a, b), b)).toEqual(narrow(a, b));
        expect(narrow(a, a)).toEqual([a]);
        expect(profileDigest(narrow(a, b))).toBe(profileDigest(narrow(b, a)));
      }),
    );
  });

  it('gives lists that say the same as asking', () => {
    fc.assert(
      fc.property(profiles, profiles, actions, (a, b, action) => {
        const grant = narrow(a, b);
        const allowed = decide(grant, action).verdict === 'allow';
        if (action.kind === 'env') expect(grantedNames(grant, 'env').includes(action.name)).toBe(allowed);
        if (action.kind === 'secret') expect(grantedNames(grant, 'secrets').includes(action.name)).toBe(allowed);
        if (action.kind === 'spend' && action.energy >= 0) expect(action.energy <= energyLimit(grant)).toBe(allowed);
        if (action.kind === 'connect') {
          const hosts = { ...a, hosts: grantedHosts(grant) };
          expect(decide(hosts, action).verdict === 'allow').toBe(allowed);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bounds', () => {
  it('never widen a profile, and say nothing of what they leave out', () => {
    fc.assert(
      fc.property(profiles, bounds, actions, (profile, bound, action) => {
        const before = decide(profile, action).verdict;
        const { verdict } = decide(narrow(profile, bound), action);
        if (verdict === 'allow') expect(before).toBe('allow');
        if (verdict === 'ask') expect(before).not.toBe('deny');
        if (before === 'allow' && decide(bound, action).verdict === 'allow') expect(verdict).toBe('allow');
      }),
      { numRuns: 2000 },
    );
  });

  it('that are empty change nothing but for what no rule is about', () => {
    fc.assert(
      fc.property(profiles, actions, (profile, action) => {
        if (action.kind === 'other') expect(decide(narrow(profile, { name: 'x' }), action).verdict).toBe('deny');
        else expect(decide(narrow(profile, { name: 'x' }), action).verdict).toBe(decide(profile, action).verdict);
      }),
    );
  });

  it('give lists that say the same as asking', () => {
    fc.assert(
      fc.property(profiles, bounds, actions, (profile, bound, action) => {
        const grant = narrow(profile, bound);
        const allowed = decide(grant, action).verdict === 'allow';
        if (action.kind === 'env') expect(grantedNames(grant, 'env').includes(action.name)).toBe(allowed);
        if (action.kind === 'secret') expect(grantedNames(grant, 'secrets').includes(action.name)).toBe(allowed);
        if (action.kind === 'spend' && action.energy >= 0) expect(action.energy <= energyLimit(grant)).toBe(allowed);
        if (action.kind === 'connect') {
          const hosts = { ...profile, hosts: grantedHosts(grant) };
          expect(decide(hosts, action).verdict === 'allow').toBe(allowed);
        }
        const kind = action.kind === 'remember' ? 'write' : 'read';
        if (action.kind === 'remember' || action.kind === 'recall') {
          if (grantedScopes(grant)[kind].includes(action.scope)) expect(allowed).toBe(true);
        }
        if (allowed && (action.kind === 'read' || action.kind === 'write' || action.kind === 'run')) {
          expect(grantedKinds(grant)).toContain(action.kind);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('profileDigest', () => {
  it('is of what is allowed, and not of the name', () => {
    fc.assert(
      fc.property(profiles, (a) => {
        expect(profileDigest({ ...a, name: 'other' })).toBe(profileDigest(a));
        expect(profileDigest({ ...a, energy: a.energy + 1 })).not.toBe(profileDigest(a));
      }),
    );
  });
});
