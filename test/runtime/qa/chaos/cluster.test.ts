import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { Cluster } from '../../../../src/runtime/qa/chaos/cluster.ts';
import { type ClusterFault, confined } from '../../../../src/runtime/qa/chaos/cluster-fault.ts';
import { runChaos } from '../../../../src/runtime/qa/chaos/chaos-suite.ts';
import { THIS_MACHINE } from '../this-machine.ts';
import { TinyCluster } from './tiny-cluster.ts';

const SHOP = '/apis/chaos-mesh.org/v1alpha1/namespaces/shop';
const FAULT: ClusterFault = {
  kind: 'NetworkChaos',
  namespace: 'shop',
  duration: '30s',
  spec: { action: 'delay', mode: 'all', selector: { labelSelectors: { app: 'cart' } }, delay: { latency: '200ms' } },
};

let folder: string;
let tiny: TinyCluster;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qa-'));
  tiny = await TinyCluster.open();
  writeFileSync(join(folder, 'config'), tiny.kubeconfig);
});
afterEach(() => {
  tiny.close();
  rmSync(folder, { recursive: true, force: true });
});

const access = (...namespaces: string[]) => ({ kubeconfig: join(folder, 'config'), namespaces });
const QUICK = { injectMs: 300, recoverMs: 2000, everyMs: 10 };

function run(more: JsonObject = {}, ...namespaces: string[]) {
  const experiment = {
    name: 'Slow cart, all of it',
    steady: [{ name: 'holds', exec: { run: 'node -e 0' }, within: '10s' }],
    settle: '10ms',
    faults: [{ cluster: { ...FAULT } }],
    ...more,
  };
  const file = { path: 'chaos/experiments/x.yaml', text: JSON.stringify(experiment) };
  const env = { PATH: THIS_MACHINE.path, HOME: folder };
  return runChaos([file], { folder, env, scratch: join(folder, 'scratch'), cluster: access(...namespaces) });
}

describe('an experiment in a cluster', () => {
  it('has an owner, a duration and a namespace, and is gone afterwards', async () => {
    let made: JsonObject | undefined;
    const create = tiny.leave.bind(tiny);
    tiny.leave = (path, resource) => {
      made = resource;
      create(path, resource);
    };
    expect(await run({}, 'shop')).toMatchObject({ passed: ['Slow cart, all of it'], findings: [] });
    expect(made).toMatchObject({
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'NetworkChaos',
      metadata: {
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'agentnexus-chaos', 'agentnexus.dev/experiment': 'Slow-cart-all-of-it' },
        annotations: { 'agentnexus.dev/expires': expect.stringMatching(/^\d{13}$/) },
      },
      spec: { duration: '30s', selector: { namespaces: ['shop'], labelSelectors: { app: 'cart' } } },
    });
    expect(tiny.resources.size).toBe(0);
    expect(
      tiny.requests.filter((each) => !each.startsWith('GET')).map((each) => each.replace(/agentnexus-[\w-]+$/, 'NAME')),
    ).toEqual([`POST ${SHOP}/networkchaos`, `DELETE ${SHOP}/networkchaos/NAME`]);
  });

  it('is gone too where what is promised does not hold', async () => {
    const { findings } = await run(
      { during: [{ name: 'never', exec: { run: 'node -e process.exit(4)' }, within: '10s' }] },
      'shop',
    );
    expect(findings.map(({ message }) => message)).toEqual([expect.stringMatching(/under the faults, `never`/)]);
    expect(tiny.resources.size).toBe(0);
  });

  it('is gone too where it does not come about', async () => {
    tiny.stuck = true;
    const cluster = await Cluster.open(access('shop'), QUICK);
    await expect(cluster.disturb(FAULT, 'x')).rejects.toThrow(/has not reached what it selects within 0.3 s/);
    expect(tiny.resources.size).toBe(0);
  });

  it('fails where the cluster refuses it', async () => {
    tiny.forbidding = true;
    const { findings } = await run({}, 'shop');
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('403')]);
  });

  it('takes away what a dead run has left, and nothing that is still somebody’s', async () => {
    const left = (name: string, expires: number, owner = 'agentnexus-chaos'): void =>
      tiny.leave(`${SHOP}/podchaos/${name}`, {
        kind: 'PodChaos',
        metadata: {
          name,
          labels: { 'app.kubernetes.io/managed-by': owner },
          annotations: { 'agentnexus.dev/expires': String(expires) },
        },
      });
    left('old', 1000);
    left('young', Date.now() + 60_000);
    left('theirs', 1000, 'argo');
    const cluster = await Cluster.open(access('shop'), QUICK);
    expect(await cluster.sweep()).toEqual(['PodChaos shop/old']);
    expect([...tiny.resources.keys()]).toEqual([`${SHOP}/podchaos/young`, `${SHOP}/podchaos/theirs`]);
  });

  it('is refused before anything is asked, where nobody has allowed the namespace', async () => {
    await expect(run({}, 'other')).rejects.toMatchObject({ code: 'USAGE' });
    expect(tiny.requests).toEqual([]);
  });
});

describe('what a fault may select', () => {
  const allowed = new Set(['shop', 'stock']);
  const spec = (more: JsonObject): ClusterFault => ({ ...FAULT, spec: more });

  it('is its own namespace where it names none, on the other side of a network too', () => {
    expect(confined(spec({ target: { mode: 'all' } }), allowed)).toEqual({
      selector: { namespaces: ['shop'] },
      target: { mode: 'all', selector: { namespaces: ['shop'] } },
    });
  });

  it.each<[string, JsonObject]>([
    ['another namespace', { selector: { namespaces: ['shop', 'kube-system'] } }],
    ['pods of another', { selector: { pods: { 'kube-system': ['dns'] } } }],
    ['another on the other side', { target: { selector: { namespaces: ['kube-system'] } } }],
    ['nodes', { selector: { nodes: ['a'] } }],
    ['nodes by label', { selector: { nodeSelectors: { a: 'b' } } }],
    ['another cluster', { remoteCluster: 'prod' }],
    ['the world outside', { externalTargets: ['example.org'] }],
    ['a duration of its own', { duration: '24h' }],
    ['what is no selector', { selector: 'all' }],
  ])('is never %s', (_, more) => {
    expect(() => confined(spec(more), allowed)).toThrow(Error);
  });
});
