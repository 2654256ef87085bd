import { isJsonObject, type JsonObject } from '../../../base/json.ts';

/** An experiment of Chaos Mesh, as it stands in a file of ours. */
export interface ClusterFault {
  kind: ClusterKind;
  namespace: string;
  /** As the custom resource has it, without `duration`. */
  spec: JsonObject;
  /** After which Chaos Mesh itself ends it, whatever becomes of us. */
  duration: string;
}

/** Kinds of Chaos Mesh 2 that disturb what runs in a namespace; those that reach for nodes, clouds and machines are none of them. */
export const CLUSTER_KINDS = [
  'PodChaos',
  'NetworkChaos',
  'StressChaos',
  'IOChaos',
  'TimeChaos',
  'DNSChaos',
  'HTTPChaos',
  'JVMChaos',
] as const;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

/** Whose they are, so that what a dead run has left is found. */
export const OWNER = { label: 'app.kubernetes.io/managed-by', value: 'agentnexus-chaos' } as const;
export const EXPERIMENT_LABEL = 'agentnexus.dev/experiment';
/** When it is nobody's any more: milliseconds since 1970. */
export const EXPIRES = 'agentnexus.dev/expires';

/**
 * Why the fault is not to be: it reaches beyond the namespaces that somebody has allowed outright. Selectors without namespaces are given their own; those of
 * the other side of a network too.
 */
export function confined({ namespace, spec }: ClusterFault, allowed: ReadonlySet<string>): JsonObject {
  if (!allowed.has(namespace)) throw new Error(notAllowed(namespace));
  for (const key of ['remoteCluster', 'duration', 'externalTargets']) {
    if (key in spec) throw new Error(`\`spec.${key}\` is not for an experiment.`);
  }
  const own: JsonObject = { ...spec, selector: selectorIn(spec['selector'], namespace, allowed) };
  const { target } = spec;
  if (target === undefined) return own;
  if (!isJsonObject(target)) throw new Error('`spec.target` is no object.');
  return { ...own, target: { ...target, selector: selectorIn(target['selector'], namespace, allowed) } };
}

function selectorIn(selector: unknown, namespace: string, allowed: ReadonlySet<string>): JsonObject {
  const given = selector === undefined ? {} : selector;
  if (!isJsonObject(given)) throw new Error('a selector is no object.');
  const { namespaces = [namespace], pods, nodes, nodeSelectors } = given;
  if (nodes !== undefined || nodeSelectors !== undefined) throw new Error('a selector names nodes: those are everybody’s.');
  const named = [...(Array.isArray(namespaces) ? namespaces : [namespaces]), ...(isJsonObject(pods) ? Object.keys(pods) : [])];
  const stray = named.find((each) => typeof each !== 'string' || !allowed.has(each));
  if (stray !== undefined) throw new Error(notAllowed(String(stray)));
  return { ...given, namespaces };
}

function notAllowed(namespace: string): string {
  return `nobody has allowed the namespace ${namespace}: \`--allow-namespace ${namespace}\`.`;
}
