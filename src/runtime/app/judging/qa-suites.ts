import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import type { SuiteResult } from '../../qa/suite-result.ts';
import { CONFIG_FILE } from '../../../spec/levels/level-rules.ts';
import { readConfig } from '../config.ts';
import type { CallContext, QaRunInput } from '../operations.ts';
import type { QaProject } from './qa-project.ts';

type FurtherSuite = (project: QaProject, input: QaRunInput, context: CallContext) => Promise<SuiteResult>;

/** What OpenAPI documents are called. */
const OPENAPI = /(?:^|\/)(?:[^/]*[.-])?openapi\.(?:json|ya?ml)$/i;

/** Suites that are no test tool of the project, each loaded when it is asked for. */
const SUITES: Readonly<Record<string, FurtherSuite>> = {
  async api({ tree, read, config }, { url = config.api?.url, remote = false, seed, runs, replay }, { stop }) {
    if (url === undefined)
      throw new NexusError('USAGE', 'The suite `api` asks a running service.', {
        hint: 'Say where it listens: `--url http://localhost:8080`.',
      });
    const named = config.api?.document;
    const document = tree.find(({ path }) => (named === undefined ? OPENAPI.test(path) : path === named));
    if (document === undefined)
      throw new NexusError('NOT_FOUND', `There is no ${named ?? 'OpenAPI document'} in the project.`, {
        hint: 'Name it in .agentnexus.yaml: `qa: { api: { document: docs/openapi.yaml } }`.',
      });
    const { runApi } = await import('../../qa/api/api-suite.ts');
    const options = { ...(seed !== undefined && { seed }), ...(runs !== undefined && { runs }), ...(replay && { replay }) };
    return runApi(document.path, Buffer.from(read(document.digest)).toString('utf8'), { url, remote, options, signal: stop });
  },

  async contracts(project, { seed, runs, replay }, { stop }) {
    const [{ contractsIn, runContracts }, { projectSandbox }] = await Promise.all([
      import('../../qa/contracts/contract-suite.ts'),
      import('../../qa/project-sandbox.ts'),
    ]);
    const { tree, read, folder, scratch, config, walls } = project;
    const texts = new Map(tree.map(({ path, digest }) => [path, digest]));
    const textOf = (path: string) => {
      const digest = texts.get(path);
      return digest === undefined ? undefined : Buffer.from(read(digest)).toString('utf8');
    };
    const sandbox = projectSandbox({ tree, read }, { scratch, installed: folder, signal: stop });
    const options = { ...(seed !== undefined && { seed }), ...(runs !== undefined && { runs }), ...(replay && { replay }) };
    return runContracts(config.contracts ?? contractsIn([...texts.keys()]), textOf, {
      sandbox: { ...sandbox, ...(walls && { walls }) },
      options,
    });
  },

  async adversary({ folder, scratch }, { agent, unsafeNoSandbox: unconfined = false }, { stop }) {
    if (agent === undefined) {
      throw new NexusError('USAGE', 'The suite `adversary` tries an agent of yours.', { hint: 'Name it: `--agent NAME`.' });
    }
    const { runAdversary } = await import('./adversary-suite.ts');
    return runAdversary(agent, { folder, scratch }, { unconfined, ...(stop && { stop }) });
  },
  async chaos({ tree, read, folder, machine, scratch }, { namespaces = [] }, { stop }) {
    const [{ EXPERIMENTS, runChaos }, { projectSandbox }, { syntheticMissions }] = await Promise.all([
      import('../../qa/chaos/chaos-suite.ts'),
      import('../../qa/project-sandbox.ts'),
      import('../upkeep/synthetic-mission.ts'),
    ]);
    const files = tree
      .filter(({ path }) => EXPERIMENTS.test(path))
      .map(({ path, digest }) => ({ path, text: Buffer.from(read(digest)).toString('utf8') }));
    const { product, env } = projectSandbox({ tree, read }, { scratch, installed: folder });
    return runChaos(files, {
      folder: product,
      env: { ...env, PATH: machine.path },
      signal: stop,
      scratch: join(scratch, 'chaos'),
      runMission: syntheticMissions(product, scratch),
      ...(namespaces.length > 0 && { cluster: { kubeconfig: readConfig().kubeconfig, namespaces } }),
    });
  },
  async 'held-out'({ tree, read, folder, machine, scratch, config, walls }, _, { stop }) {
    const [{ readHeldOut }, { runHeldOut }, { createQaEngine }] = await Promise.all([
      import('./read-held-out.ts'),
      import('../../qa/held-out/run-held-out.ts'),
      import('../../qa/engine.ts'),
    ]);
    const { sets, contents } = readHeldOut(config, join(folder, CONFIG_FILE));
    if (sets.length === 0) {
      throw new NexusError('USAGE', 'The project has no held-out tests.', {
        hint: 'Name them in .agentnexus.yaml: `qa.heldOut`.',
      });
    }
    const held = new Map(contents.map((content) => [sha256(content), content]));
    const engine = createQaEngine({
      read: (digest) => held.get(digest) ?? read(digest),
      scratch,
      jobs: availableParallelism(),
      machine,
      installed: folder,
    });
    const call = { ...(stop && { signal: stop }), ...(walls && { walls }) };
    return runHeldOut(sets, tree, { engine, open: true, call });
  },
  async probes({ tree, read, folder, machine, scratch, config }, _, { stop }) {
    const [{ runProbes }, { projectSandbox }, { syntheticMissions }] = await Promise.all([
      import('../../qa/probes/probe-suite.ts'),
      import('../../qa/project-sandbox.ts'),
      import('../upkeep/synthetic-mission.ts'),
    ]);
    const { product, env } = projectSandbox({ tree, read }, { scratch, installed: folder });
    return runProbes(config.probes ?? [], {
      folder: product,
      env: { ...env, PATH: machine.path },
      signal: stop,
      runMission: syntheticMissions(product, scratch),
    });
  },
  async mutation({ tree, read, folder, machine, scratch, config, walls }, { base }, { stop }) {
    if (base === undefined)
      throw new NexusError('USAGE', 'The suite `mutation` changes what has changed since a revision.', {
        hint: 'Name one: `--base main`.',
      });
    const [{ treesSince }, { changedRanges, isMutable }, { runMutation }, { projectSandbox }] = await Promise.all([
      import('../../qa/weakening/weakening-since.ts'),
      import('../../qa/mutation/changed-lines.ts'),
      import('../../qa/mutation/mutation-suite.ts'),
      import('../../qa/project-sandbox.ts'),
    ]);
    const ranges = changedRanges(await treesSince(base, { tree, read }, { folder, path: machine.path, wanted: isMutable }));
    const sandbox = projectSandbox({ tree, read }, { scratch, installed: folder, signal: stop });
    return runMutation(ranges, {
      installed: folder,
      sandbox: { ...sandbox, ...(walls && { walls }) },
      machine,
      least: config.policy?.mutation,
    });
  },
  async weakening({ tree, read, folder, machine }, { base }) {
    if (base === undefined) {
      throw new NexusError('USAGE', 'The suite `weakening` holds the project against a revision.', {
        hint: 'Name one: `--base main`.',
      });
    }
    const { weakeningSince } = await import('../../qa/weakening/weakening-since.ts');
    return weakeningSince(base, { tree, read }, { folder, path: machine.path });
  },
};

export const FURTHER_SUITES: readonly string[] = Object.keys(SUITES).toSorted(compareText);

export function furtherSuite(name: string | undefined): FurtherSuite | undefined {
  return name !== undefined && Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
}
