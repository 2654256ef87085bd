import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import type { ComponentElement, Specification } from '../../src/spec/model.ts';
import { readBundle } from '../../src/spec/read-bundle.ts';
import { ACCOUNTED, accountOf } from './bundle-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The product's own specification: the one it carries, and the one it is built from where that is at hand. */
const BUNDLES = [join(ROOT, 'examples', 'agentnexus'), join(ROOT, '..', 'shared', 'specs', 'agentnexus')].filter((path) =>
  existsSync(path),
);

const uuid = { type: 'string', format: 'uuid' };
const uri = { type: 'string', format: 'uri' };
const timestamp = { type: 'string', format: 'date-time' };
const string = { type: 'string' };
const number = { type: 'number' };
const oneOf = (...values: string[]): JsonObject => ({ type: 'string', enum: values });

const CONTRACTS: Record<string, JsonObject> = {
  MissionPrompt: { id: uuid, objective: string, priority: oneOf('P0', 'P1', 'P2'), originatingSpec: uri, createdAt: timestamp },
  ArtifactEvidence: {
    artifactId: uuid,
    missionId: uuid,
    type: oneOf('code', 'analysis', 'test'),
    uri,
    checksum: string,
    reviewer: string,
  },
  ValidationReport: {
    reportId: uuid,
    artifactId: uuid,
    suite: string,
    result: oneOf('pass', 'fail'),
    coverage: number,
    generatedAt: timestamp,
  },
  AgentLifecycleEvent: {
    agentId: string,
    lifecycle: oneOf('spawned', 'escalated', 'retired'),
    capabilityProfile: string,
    energyBudget: number,
  },
};

const INTERFACES: Record<string, string[]> = {
  'Mission Control Orchestrator': ['rest POST /missions', 'websocket wss://mission-events', 'topic mission.*'],
  'Cognitive Workspace Runtime': [
    'grpc workspace.SessionService',
    'file-store file-backed memory store',
    'channel workspace/updates',
  ],
  'Spec Kit Interpreter': ['cli spec-kit apply', 'rest POST /specifications', 'stream spec.logs'],
  'Evidence Vault': ['bucket s3://agentnexus-evidence', 'rest POST /ledger/record', 'sql-view analytics.evidence_summary'],
  'Autonomous QA Engine': ['tool Jest CLI integration', 'hook chaos/experiments', 'metrics metrics.qa-engine'],
};

function propertiesByContract(spec: Specification): Record<string, unknown> {
  const contracts = spec.elements.filter((element) => element.kind === 'contract');
  return Object.fromEntries(contracts.map((contract) => [contract.name, contract.schema['properties']]));
}

function interfacesByComponent(spec: Specification): Record<string, string[]> {
  const components = spec.elements.filter((element): element is ComponentElement => element.kind === 'component');
  return Object.fromEntries(
    components.map(({ name, interfaces }) => [name, interfaces.map((each) => `${each.kind} ${each.name}`)]),
  );
}

describe.each(BUNDLES)('%s', async (path) => {
  const spec = await interpret(readBundle(path));

  it('has the four contracts with exactly their fields and values', () => {
    expect(propertiesByContract(spec)).toEqual(CONTRACTS);
    for (const element of spec.elements) {
      if (element.kind === 'contract') expect(element.schema['required']).toEqual(Object.keys(CONTRACTS[element.name] ?? {}));
    }
  });

  it('has the five components with their interfaces', () => {
    expect(interfacesByComponent(spec)).toEqual(INTERFACES);
  });

  it('is understood to the last line', () => {
    expect(spec.coverage.notUnderstood).toBe(0);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
    expect(spec.diagnostics.filter((each) => each.code !== 'SPEC_PARTY_UNKNOWN')).toEqual([]);
  });

  it('makes a graph of 32 tasks', () => {
    expect(buildGraph(spec).tasks).toHaveLength(32);
  });
});

it('carries its own specification without any finding', async () => {
  expect(await interpret(readBundle(join(ROOT, 'examples', 'agentnexus')))).toMatchObject({
    id: 'agentnexus',
    title: 'AgentNexus',
    diagnostics: [],
  });
});
