import { type Digest, digestOf } from '../../base/digest.ts';
import { compareText } from '../../base/text.ts';
import type { Bounds } from './capability-profile.ts';
import { intersectHosts } from './host-rule.ts';
import { wordGlob } from './word-glob.ts';

/**
 * What an agent may do in the end: what its profile and all that bounds it allow. Nothing is ever computed of two profiles that one of them does not
 * say, so that narrowing cannot widen.
 */
export type Grant = readonly [Bounds, ...Bounds[]];

/** A profile as the mission's policy, or whoever delegates, leaves it: in any order, and doing it twice changes nothing. */
export function narrow(granted: Bounds | Grant, by: Bounds | Grant): Grant {
  const layers = new Map<string, Bounds>();
  for (const layer of [...layersOf(granted), ...layersOf(by)]) layers.set(`${profileDigest(layer)} ${layer.name}`, layer);
  const [first, ...others] = [...layers].toSorted(([a], [b]) => compareText(a, b)).map(([, layer]) => layer);
  return [first ?? layersOf(granted)[0], ...others];
}

export function layersOf(granted: Bounds | Grant): Grant {
  return isGrant(granted) ? granted : [granted];
}

/** Digest of all that is allowed: part of a task's key. Names of profiles are not in it. */
export function profileDigest(granted: Bounds | Grant): Digest {
  const layers = layersOf(granted).map(({ name: _name, ...allowed }) => digestOf(JSON.parse(JSON.stringify(allowed))));
  const [first = digestOf(null), ...others] = [...new Set(layers)].toSorted(compareText);
  return others.length === 0 ? first : digestOf([first, ...others]);
}

/** Energy units for one attempt. */
export function energyLimit(granted: Bounds | Grant): number {
  const limits = layersOf(granted).flatMap(({ energy }) => energy ?? []);
  return limits.length === 0 ? 0 : Math.min(...limits);
}

/** What must be handed to a process by name, rather than asked about: names that all layers have. */
export function grantedNames(granted: Bounds | Grant, of: 'env' | 'secrets'): string[] {
  const [first = [], ...others] = layersOf(granted).flatMap((layer) => (layer[of] === undefined ? [] : [layer[of]]));
  return first.filter((name) => others.every((names) => names.includes(name)));
}

/** Scopes of the memory that are said by name, and that all layers allow. Which others a pattern allows, depends on what there is. */
export function grantedScopes(granted: Bounds | Grant): { read: string[]; write: string[] } {
  const layers = layersOf(granted);
  const named = (kind: 'read' | 'write'): string[] => {
    const lists = layers.flatMap(({ memory }) => (memory?.[kind] === undefined ? [] : [memory[kind]]));
    const names = new Set(lists.flat().filter((name) => !/[*?]/.test(name)));
    const inAll = (name: string) => lists.every((rules) => rules.some((rule) => wordGlob(rule)(name)));
    return [...names].filter(inAll).toSorted(compareText);
  };
  return { read: named('read'), write: named('write') };
}

/** Hosts with their ports that all layers allow, `host:port` or `*.host:port`: for a proxy that decides by itself. */
export function grantedHosts(granted: Bounds | Grant): string[] {
  const [first, ...others] = layersOf(granted).flatMap(({ hosts }) => (hosts === undefined ? [] : [hosts]));
  const common = others.reduce<readonly string[]>(
    (a, b) => a.flatMap((rule) => b.flatMap((other) => intersectHosts(rule, other))),
    [...new Set((first ?? []).flatMap((rule) => intersectHosts(rule, rule)))],
  );
  return [...new Set(common)].toSorted(compareText);
}

/** Kinds of actions of which some are allowed, or can be. */
export function grantedKinds(granted: Bounds | Grant): ('read' | 'write' | 'run')[] {
  const open = (kind: 'read' | 'write' | 'run') => (layer: Bounds) =>
    layer[kind] === undefined || layer[kind].length > 0 || layer.ask?.includes(kind) === true;
  return (['read', 'write', 'run'] as const).filter((kind) => layersOf(granted).every(open(kind)));
}

function isGrant(granted: Bounds | Grant): granted is Grant {
  return Array.isArray(granted);
}
