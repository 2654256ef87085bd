import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type * as ClientNode from '@kubernetes/client-node';

import { systemClock } from '../../../base/clock.ts';
import { messageOf, NexusError, systemCode } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { milliseconds } from '../probes/probe.ts';
import {
  CLUSTER_KINDS,
  type ClusterFault,
  type ClusterKind,
  confined,
  EXPERIMENT_LABEL,
  EXPIRES,
  OWNER,
} from './cluster-fault.ts';

/** A cluster that experiments may disturb, as far as somebody has said outright. */
export interface ClusterAccess {
  kubeconfig: string;
  /** Nothing else is touched. */
  namespaces: readonly string[];
}

const GROUP = { group: 'chaos-mesh.org', version: 'v1alpha1' } as const;

/** How long Chaos Mesh may take to begin, and to put everything back. */
const PATIENCE = { injectMs: 30_000, recoverMs: 120_000, everyMs: 200 };

/** After its duration Chaos Mesh has ended it; what is there so much later was left behind. */
const GRACE_MS = 60_000;

interface Place extends Pick<ClusterFault, 'kind' | 'namespace'> {
  name: string;
}

/** Makes experiments of Chaos Mesh and takes them away: each has an owner, a duration and a namespace that was allowed. */
export class Cluster {
  readonly #api: ClientNode.CustomObjectsApi;
  readonly #allowed: ReadonlySet<string>;
  readonly #patience: typeof PATIENCE;

  private constructor(api: ClientNode.CustomObjectsApi, namespaces: readonly string[], patience: typeof PATIENCE) {
    this.#api = api;
    this.#allowed = new Set(namespaces);
    this.#patience = patience;
  }

  /** Throws `TOOL_MISSING` without `@kubernetes/client-node`, and an error for people if the configuration cannot be read. */
  static async open({ kubeconfig, namespaces }: ClusterAccess, patience = PATIENCE): Promise<Cluster> {
    const { CustomObjectsApi, KubeConfig } = await clientNode();
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    return new Cluster(config.makeApiClient(CustomObjectsApi), namespaces, patience);
  }

  /** Makes it, and waits until it has reached all that it selects. What it answers takes it away again, and waits until all is put back. */
  async disturb(fault: ClusterFault, experiment: string): Promise<() => Promise<void>> {
    const spec = confined(fault, this.#allowed);
    const { kind, namespace, duration } = fault;
    const name = `agentnexus-${randomUUID().slice(0, 13)}`;
    const place = { kind, namespace, name };
    const body = {
      apiVersion: `${GROUP.group}/${GROUP.version}`,
      kind,
      metadata: {
        name,
        namespace,
        labels: { [OWNER.label]: OWNER.value, [EXPERIMENT_LABEL]: labelOf(experiment) },
        annotations: { [EXPIRES]: String(systemClock.now() + milliseconds(duration) + GRACE_MS) },
      },
      spec: { ...spec, duration },
    };
    const undo = async (): Promise<void> => this.#remove(place);
    try {
      await this.#api.createNamespacedCustomObject({ ...GROUP, namespace, plural: pluralOf(kind), body });
      await this.#until(
        async () => isInjected(await this.#read(place)),
        this.#patience.injectMs,
        `${kind} ${name} has not reached what it selects`,
      );
    } catch (error) {
      await undo();
      throw error;
    }
    return undo;
  }

  /** Takes away what a run has left behind that is over or dead; says what. */
  async sweep(): Promise<string[]> {
    const swept: string[] = [];
    for (const namespace of this.#allowed) {
      for (const kind of CLUSTER_KINDS) {
        for (const name of await this.#expired(kind, namespace)) {
          await this.#remove({ kind, namespace, name });
          swept.push(`${kind} ${namespace}/${name}`);
        }
      }
    }
    return swept;
  }

  async #expired(kind: ClusterKind, namespace: string): Promise<string[]> {
    const labelSelector = `${OWNER.label}=${OWNER.value}`;
    const found: unknown = await this.#api
      .listNamespacedCustomObject({ ...GROUP, namespace, plural: pluralOf(kind), labelSelector })
      .catch((error: unknown) => {
        // Not every Chaos Mesh has every kind.
        if (statusOf(error) === 404) return undefined;
        throw asTold(error);
      });
    const items = isJsonObject(found) && Array.isArray(found['items']) ? found['items'].filter(isJsonObject) : [];
    return items.flatMap(({ metadata }) => {
      const { name, annotations } = isJsonObject(metadata) ? metadata : {};
      const expires = isJsonObject(annotations) ? Number(annotations[EXPIRES]) : Number.NaN;
      return typeof name === 'string' && expires < systemClock.now() ? [name] : [];
    });
  }

  /** Chaos Mesh puts everything back before it lets a resource go. */
  async #remove(place: Place): Promise<void> {
    const { kind, namespace, name } = place;
    try {
      await this.#api.deleteNamespacedCustomObject({ ...GROUP, namespace, plural: pluralOf(kind), name });
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw asTold(error);
    }
    await this.#until(
      async () => (await this.#read(place)) === undefined,
      this.#patience.recoverMs,
      `${kind} ${namespace}/${name} is not gone`,
    );
  }

  async #read({ kind, namespace, name }: Place): Promise<JsonObject | undefined> {
    try {
      const found: unknown = await this.#api.getNamespacedCustomObject({ ...GROUP, namespace, plural: pluralOf(kind), name });
      return isJsonObject(found) ? found : {};
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw asTold(error);
    }
  }

  async #until(done: () => Promise<boolean>, ms: number, otherwise: string): Promise<void> {
    for (const end = performance.now() + ms; ; await pause(this.#patience.everyMs)) {
      if (await done()) return;
      if (performance.now() > end) throw new Error(`${otherwise} within ${ms / 1000} s.`);
    }
  }
}

async function clientNode(): Promise<typeof ClientNode> {
  try {
    return await import('@kubernetes/client-node');
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new NexusError('TOOL_MISSING', 'Experiments in a cluster need @kubernetes/client-node, which is not installed.', {
      hint: 'Install it beside agentnexus: `npm install @kubernetes/client-node`.',
      cause: error,
    });
  }
}

/** As Chaos Mesh names its resources. */
const pluralOf = (kind: ClusterKind): string => kind.toLowerCase();

/** What a label may hold. */
const labelOf = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
    .replace(/-$/, '');

/** https://chaos-mesh.org/docs/inspect-chaos-experiments/: `Selected` and `AllInjected` are true then. */
function isInjected(resource: JsonObject | undefined): boolean {
  const status = resource?.['status'];
  const conditions = isJsonObject(status) && Array.isArray(status['conditions']) ? status['conditions'].filter(isJsonObject) : [];
  return ['Selected', 'AllInjected'].every((type) =>
    conditions.some((each) => each['type'] === type && each['status'] === 'True'),
  );
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

function asTold(error: unknown): Error {
  return new Error(`the cluster says: ${messageOf(error).split('\n')[0]}`, { cause: error });
}
