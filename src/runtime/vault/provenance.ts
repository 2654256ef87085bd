import type { Digest } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Artifact, Tree } from './artifact.ts';
import { resource, type Statement, statement, subjectOf } from './statement.ts';

/** https://slsa.dev/spec/v1.2/build-provenance */
export const PROVENANCE = 'https://slsa.dev/provenance/v1';
const AGENT_TASK_BUILD = 'https://agentnexus.dev/buildtypes/agent-task/v1';
const INTEGRATION_BUILD = 'https://agentnexus.dev/buildtypes/integration/v1';
/** The builder is the host that ran the agent and holds the key: SLSA Build L1. */
const LOCAL_BUILDER = 'https://agentnexus.dev/builders/local/v1';

/** What the statement of the agent's run is called among the by-products. */
export const RUN_BYPRODUCT = 'agent-run';

export interface ProvenanceInput {
  /** What the attempt left behind. */
  outputs: Tree;
  mission: string;
  task: string;
  /** From 1. */
  attempt: number;
  specification: { id: string; digest: Digest };
  /** Digest of the normalised fragment of the specification that the agent was given. */
  fragment: Digest;
  agent: { name: string; version: string };
  /** Capability profile that the agent ran under. */
  profile: string;
  /** What the tasks it needs had produced, by task id: the digest of each tree. */
  needs: ReadonlyMap<string, Digest>;
  /** The commit whose files lay below those. */
  base?: { uri: string; commit: string } | undefined;
  /** RFC 3339. */
  startedOn: string;
  finishedOn: string;
  /** Version of this product. */
  builderVersion: string;
  /** What was around the agent, and what it was told and allowed, by digest; left out of agents that are part of this program. */
  conditions?: { sandbox: string; brief: Digest; profile: Digest } | undefined;
  /** Further results that are no part of the product (transcript, logs), by name. */
  byproducts?: ReadonlyMap<string, Digest>;
}

/** Who made these files, from what, and when: SLSA provenance v1. */
export function provenance(input: ProvenanceInput): Statement {
  const { mission, task, attempt, specification, agent, profile, conditions } = input;
  return statement(PROVENANCE, input.outputs.map(subjectOf), {
    buildDefinition: {
      buildType: AGENT_TASK_BUILD,
      externalParameters: { specification: { id: specification.id, digest: specification.digest }, task },
      internalParameters: {
        agent: agent.name,
        version: agent.version,
        profile,
        attempt,
        mission,
        ...(conditions && { sandbox: conditions.sandbox }),
      },
      resolvedDependencies: [
        resource('fragment', input.fragment),
        ...(conditions === undefined ? [] : [resource('brief', conditions.brief), resource('profile', conditions.profile)]),
        ...(input.base === undefined ? [] : [{ name: 'base', uri: input.base.uri, digest: { gitCommit: input.base.commit } }]),
        ...[...input.needs].map(([need, digest]) => resource(`task:${need}`, digest)),
      ],
    },
    runDetails: {
      builder: { id: LOCAL_BUILDER, version: { agentnexus: input.builderVersion } },
      metadata: {
        invocationId: invocationId(mission, task, attempt),
        startedOn: input.startedOn,
        finishedOn: input.finishedOn,
      },
      byproducts: [...(input.byproducts ?? [])].map(([name, digest]) => resource(name, digest)),
    },
  });
}

export interface IntegrationInput extends Pick<
  ProvenanceInput,
  'mission' | 'task' | 'attempt' | 'specification' | 'builderVersion'
> {
  /** Files that were put together, and the versions that tasks had left of each, in the order in which they were taken. */
  files: readonly { artifact: Artifact; sides: readonly { task: string; digest: Digest | undefined }[] }[];
  startedOn: string;
  finishedOn: string;
}

/** What files were merged from that several tasks had changed side by side: no agent has made these contents, this program has. */
export function integrationProvenance(input: IntegrationInput): Statement {
  const { files, mission, task, attempt, specification } = input;
  const sides = files.flatMap(({ artifact, sides: versions }) =>
    versions.flatMap(({ task: by, digest }) => (digest === undefined ? [] : [resource(`file:${artifact.path}@${by}`, digest)])),
  );
  return statement(
    PROVENANCE,
    files.map(({ artifact }) => subjectOf(artifact)),
    {
      buildDefinition: {
        buildType: INTEGRATION_BUILD,
        externalParameters: { specification: { id: specification.id, digest: specification.digest }, task },
        internalParameters: { method: 'diff3', attempt, mission },
        resolvedDependencies: sides,
      },
      runDetails: {
        builder: { id: LOCAL_BUILDER, version: { agentnexus: input.builderVersion } },
        metadata: {
          invocationId: `${invocationId(mission, task, attempt)}/integration`,
          startedOn: input.startedOn,
          finishedOn: input.finishedOn,
        },
      },
    },
  );
}

/** The bundle of the run that a provenance names, if it does. */
export function runNamedBy({ predicateType, predicate }: Statement): Digest | undefined {
  const details = predicateType === PROVENANCE && isJsonObject(predicate['runDetails']) ? predicate['runDetails'] : {};
  const byproducts: readonly unknown[] = Array.isArray(details['byproducts']) ? details['byproducts'] : [];
  const run = byproducts.filter(isJsonObject).find(({ name }) => name === RUN_BYPRODUCT);
  const hex = run !== undefined && isJsonObject(run['digest']) ? run['digest']['sha256'] : undefined;
  return run === undefined ? undefined : `sha256:${typeof hex === 'string' ? hex : ''}`;
}

/** One id for one attempt, the same in every record that speaks of it. */
function invocationId(mission: string, task: string, attempt: number): string {
  return `${mission}/${task}/${attempt}`;
}
