import { type Digest, digestOf } from '../../base/digest.ts';
import { compareText } from '../../base/text.ts';
import type { CapabilityProfile } from './capability-profile.ts';
import { intersectHosts } from './host-rule.ts';
import { wordGlob } from './word-glob.ts';

/**
 * What an agent may do in the end: what every one of these profiles allows. Nothing is ever computed of two profiles that one of them does not
 * say, so that narrowing cannot widen.
 */
export type Grant = readonly [CapabilityProfile, ...CapabilityProfile[]];

/** A profile as the mission's policy, or whoever delegates, leaves it: in any order, and doing it twice changes nothing. */
export function narrow(granted: CapabilityProfile | Grant, by: CapabilityProfile | Grant): Grant {
  const layers = new Map<string, CapabilityProfile>();
  for (const layer of [...layersOf(granted), ...layersOf(by)]) layers.set(`${profileDigest(layer)} ${layer.name}`, layer);
  const [first, ...others] = [...layers].toSorted(([a], [b]) => compareText(a, b)).map(([, layer]) => layer);
  return [first ?? layersOf(granted)[0], ...others];
}

export function layersOf(granted: CapabilityProfile | Grant): Grant {
  return isGrant(granted) ? granted : [granted];
}

/** Digest of all that is allowed: part of a task's key. Names of profiles are not in it. */
export function profileDigest(granted: CapabilityProfile | Grant): Digest {
  const layers = layersOf(granted).map(({ name: _name, ...allowed }) => digestOf(JSON.parse(JSON.stringify(allowed))));
  const [first = digestOf(null), ...others] = [...new Set(layers)].toSorted(compareText);
  return others.length === 0 ? first : digestOf([first, ...others]);
}

/** Energy units for one attempt. */
export function energyLimit(granted: CapabilityProfile | Grant): number {
  return Math.min(...layersOf(granted).map(({ energy }) => energy));
}

/** What must be handed to a process by name, rather than asked about: names that all layers have. */
export function grantedNames(granted: CapabilityProfile | Grant, of: 'env' | 'secrets'): string[] {
  const [first, ...others] = layersOf(granted);
  return first[of].filter((name) => others.every((layer) => layer[of].includes(name)));
}

/** Scopes of the memory that are said by name, and that all layers allow. Which others a pattern allows, depends on what there is. */
export function grantedScopes(granted: CapabilityProfile | Grant): { read: string[]; write: string[] } {
  const layers = layersOf(granted);
  const named = (kind: 'read' | 'write'): string[] => {
    const names = new Set(layers.flatMap(({ memory }) => memory[kind]).filter((name) => !/[*?]/.test(name)));
    const inAll = (name: string) => layers.every(({ memory }) => memory[kind].some((rule) => wordGlob(rule)(name)));
    return [...names].filter(inAll).toSorted(compareText);
  };
  return { read: named('read'), write: named('write') };
}

/** Hosts with their ports that all layers allow, `host:port` or `*.host:port`: for a proxy that decides by itself. */
export function grantedHosts(granted: CapabilityProfile | Grant): string[] {
  const [first, ...others] = layersOf(granted).map(({ hosts }) => hosts);
  const common = others.reduce<readonly string[]>(
    (a, b) => a.flatMap((rule) => b.flatMap((other) => intersectHosts(rule, other))),
    [...new Set((first ?? []).flatMap((rule) => intersectHosts(rule, rule)))],
  );
  return [...new Set(common)].toSorted(compareText);
}

function isGrant(granted: CapabilityProfile | Grant): granted is Grant {
  return Array.isArray(granted);
}
