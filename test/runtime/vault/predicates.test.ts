import { describe, expect, it } from 'vitest';

import exportSchema from '../../../schemas/predicates/export-v0.1.schema.json' with { type: 'json' };
import { compileSchema, newAjv } from '../../../src/base/schema.ts';
import { sha256 } from '../../../src/base/digest.ts';
import type { Tree } from '../../../src/runtime/vault/artifact.ts';
import { artifactEvidence, artifactIdOf, contentUri, validationReport } from '../../../src/runtime/vault/evidence.ts';
import { exportManifest } from '../../../src/runtime/vault/export-manifest.ts';
import { testResult } from '../../../src/runtime/vault/test-result.ts';
import { MISSION, provenanceOf, summaryOf } from './sample-mission.ts';

const TREE: Tree = [{ path: 'src/a.ts', digest: sha256('a'), size: 1, type: 'code' }];
const HEX = sha256('a').slice('sha256:'.length);

describe('provenance', () => {
  it('is SLSA provenance v1 about each output', () => {
    const { _type, subject, predicateType, predicate } = provenanceOf(TREE);
    expect({ _type, subject, predicateType }).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'src/a.ts', digest: { sha256: HEX } }],
      predicateType: 'https://slsa.dev/provenance/v1',
    });
    expect(predicate).toMatchObject({
      buildDefinition: {
        buildType: 'https://agentnexus.dev/buildtypes/agent-task/v1',
        externalParameters: { specification: { id: 'sample', digest: sha256('specification') }, task: 'T1' },
        internalParameters: { agent: 'compiler', version: '1.0.0', profile: 'builder', attempt: 1, mission: MISSION },
        resolvedDependencies: [
          { name: 'fragment', digest: { sha256: sha256('fragment').slice(7) } },
          { name: 'task:T0', digest: { sha256: sha256('needed').slice(7) } },
        ],
      },
      runDetails: {
        metadata: { invocationId: `${MISSION}/T1/1`, startedOn: expect.any(String), finishedOn: expect.any(String) },
      },
    });
  });

  it('names each thing that it was made from once: fragment, commit, brief, profile, tasks', () => {
    const conditions = { sandbox: 'bwrap', brief: sha256('brief'), profile: sha256('profile') };
    const base = { uri: 'git+https://example.org/a.git@abc', commit: 'abc' };
    const { buildDefinition } = provenanceOf(TREE, 'T1', { base, conditions }).predicate as {
      buildDefinition: { resolvedDependencies: { name: string }[] };
    };
    expect(buildDefinition.resolvedDependencies.map(({ name }) => name)).toEqual([
      'fragment',
      'brief',
      'profile',
      'base',
      'task:T0',
    ]);
    expect(buildDefinition.resolvedDependencies).toContainEqual({ name: 'base', uri: base.uri, digest: { gitCommit: 'abc' } });
  });
});

describe('the list of an export', () => {
  it('is of a type of ours, and meets its schema', () => {
    const { predicateType, predicate } = exportManifest({ mission: MISSION, head: sha256('tree'), files: new Map([['a', HEX]]) });
    expect(predicateType).toBe('https://agentnexus.dev/attestations/export/v0.1');
    expect(compileSchema(JSON.parse(JSON.stringify(exportSchema)))(predicate)).toEqual({ valid: true });
  });
});

describe('test result', () => {
  it('is in-toto test-result v0.1 with the tools as package URLs', () => {
    const tools = { jest: '30.5.2', '@jest/globals': '30.5.2', node: '24.21.0' };
    const statement = testResult({ subjects: TREE, result: 'fail', suite: 'jest', tools, passed: ['a'], failed: ['b'] });
    expect(statement.predicateType).toBe('https://in-toto.io/attestation/test-result/v0.1');
    expect(statement.predicate).toEqual({
      result: 'FAILED',
      configuration: [
        { name: 'suite', uri: 'urn:agentnexus:suite:jest' },
        { name: 'sandbox', uri: 'urn:agentnexus:sandbox:none' },
        { name: 'jest', uri: 'pkg:npm/jest@30.5.2' },
        { name: '@jest/globals', uri: 'pkg:npm/%40jest/globals@30.5.2' },
        { name: 'node', uri: 'pkg:generic/node@24.21.0' },
      ],
      passedTests: ['a'],
      failedTests: ['b'],
    });
  });
});

describe('verification summary', () => {
  it('is SLSA VSA v1 and lists what it rests on', () => {
    const { predicateType, predicate } = summaryOf(TREE, new Map([['T1.provenance', sha256('bundle')]]));
    expect(predicateType).toBe('https://slsa.dev/verification_summary/v1');
    expect(predicate).toMatchObject({
      verifier: { id: 'https://agentnexus.dev/verifiers/gate/v1' },
      resourceUri: `urn:uuid:${MISSION}`,
      inputAttestations: [{ name: 'T1.provenance', digest: { sha256: sha256('bundle').slice(7) } }],
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_1'],
    });
    expect(summaryOf(TREE, new Map(), 'fail').predicate).toMatchObject({
      verificationResult: 'FAILED',
      verifiedLevels: ['FAILED'],
    });
  });
});

describe('data contracts', () => {
  const text = { type: 'string' };
  const uuid = { ...text, format: 'uuid' };

  function violations(schema: object, value: object): unknown {
    const validate = newAjv().compile({ type: 'object', additionalProperties: false, ...schema });
    validate(value);
    return validate.errors;
  }

  it('ArtifactEvidence has its fields and formats', () => {
    const [artifact] = TREE;
    if (artifact === undefined) throw new Error('no artifact');
    const properties = {
      artifactId: uuid,
      missionId: uuid,
      type: { enum: ['code', 'analysis', 'test'] },
      uri: { ...text, format: 'uri' },
      checksum: { ...text, pattern: '^sha256:[0-9a-f]{64}$' },
      reviewer: text,
    };
    const evidence = artifactEvidence(MISSION, artifact, 'qa/jest');
    expect(violations({ properties, required: Object.keys(properties) }, evidence)).toBeNull();
  });

  it('ValidationReport has its fields and formats', () => {
    const properties = {
      reportId: uuid,
      artifactId: uuid,
      suite: text,
      result: { enum: ['pass', 'fail'] },
      coverage: { type: 'number' },
      generatedAt: { ...text, format: 'date-time' },
    };
    const artifactId = artifactIdOf(MISSION, { path: 'a', digest: sha256('a') });
    const report = validationReport({
      artifactId,
      suite: 'jest',
      result: 'pass',
      coverage: 1,
      generatedAt: '2026-01-02T03:04:05.678Z',
    });
    expect(violations({ properties, required: Object.keys(properties) }, report)).toBeNull();
  });

  it('an artifact id follows from mission, path and content', () => {
    const id = artifactIdOf(MISSION, { path: 'a', digest: sha256('a') });
    expect(artifactIdOf(MISSION, { path: 'a', digest: sha256('a') })).toBe(id);
    expect(artifactIdOf(MISSION, { path: 'b', digest: sha256('a') })).not.toBe(id);
    expect(artifactIdOf(MISSION, { path: 'a', digest: sha256('b') })).not.toBe(id);
  });

  it('content is named as in the example of RFC 6920 §8.1', () => {
    expect(contentUri(sha256('Hello World!'))).toBe('ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk');
  });
});
