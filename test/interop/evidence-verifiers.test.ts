import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Digest, hexOf, sha256 } from '../../src/base/digest.ts';
import type { AgentEvent } from '../../src/runtime/policy/agent-event.ts';
import { APPROVAL, approval, readApprovalWord } from '../../src/runtime/vault/approval.ts';
import { treeDigest } from '../../src/runtime/vault/artifact.ts';
import { exportMission } from '../../src/runtime/vault/export-mission.ts';
import { RELEASE, releaseStatement } from '../../src/runtime/vault/promote/release-statement.ts';
import type { Statement } from '../../src/runtime/vault/statement.ts';
import { FILES, MISSION, openWorkspace, runMission, type Workspace } from '../runtime/vault/sample-mission.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

let dir: string;
let subject: string;
beforeAll(async () => {
  dir = join(mkdtempSync(join(tmpdir(), 'verifiers-')), 'export');
  using workspace = await openWorkspace();
  const tree = await runMission(workspace, { events: EVENTS });
  await exportMission(workspace, MISSION, dir);
  const assets = new Map([['product.tar.gz', Buffer.from('product')]]);
  writeFileSync(join(dir, 'product.tar.gz'), 'product');
  await sign(workspace, 'gate.approval', approved(treeDigest(tree)));
  await sign(workspace, 'release', releaseStatement('pkg:generic/sample@1', { assets }));
  subject = hexOf(tree.find(({ path }) => path === 'src/add.ts')?.digest ?? `sha256:${'0'.repeat(64)}`);
});
afterAll(() => rmSync(join(dir, '..'), { recursive: true }));

/** What happened to the agent. */
const EVENTS: AgentEvent[] = ['allow', 'deny'].map((verdict) => ({
  kind: 'agent.decision',
  agent: 'model/T1/1',
  action: { kind: 'run', argv: ['npm'] },
  decision: { verdict: verdict === 'allow' ? 'allow' : 'deny', rule: 'run: npm' },
}));

const RUN = 'https://agentnexus.dev/attestations/agent-run/v0.1';

async function sign({ signer }: Workspace, name: string, statement: Statement): Promise<void> {
  writeFileSync(join(dir, 'evidence', `${name}.sigstore.json`), await signer.sign(statement));
}

/** What somebody has said to the gate about this product. */
function approved(product: Digest): Statement {
  const data = { request: 'r1', by: 'ann', face: 'cli', note: 'fine', title: 'Gate', taskKind: 'gate', product };
  const word = readApprovalWord({
    seq: 1,
    kind: 'word.approve',
    at: '2026-01-02T03:04:05.678Z',
    mission: MISSION,
    task: 'gate',
    data,
  });
  if (word === undefined) throw new Error('it is no word');
  return approval(word, { mission: MISSION, specification: { id: 'sample', digest: sha256('specification') } });
}

/** Exit code and what was said. */
async function tried(path: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout, stderr } = await runTool(path, args, { cwd: dir, env: { HOME: dir, PATH: '' } });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
}

describe('cosign', () => {
  let cosign: Peer;
  beforeAll(async () => void (cosign = await findPeer('cosign')), PEER_TIMEOUT);

  const verify = (statement: string, type: string, artifact: string) => [
    'verify-blob-attestation',
    '--key=keys/signing.pub',
    '--insecure-ignore-tlog=true',
    `--bundle=evidence/${statement}.sigstore.json`,
    `--type=${type}`,
    artifact,
  ];

  it('accepts each statement about each of its artifacts', async (context) => {
    const path = needPeer(context, cosign);
    for (const artifact of Object.keys(FILES)) {
      const result = await tried(path, verify('T1.provenance', 'https://slsa.dev/provenance/v1', `artifacts/${artifact}`));
      expect(result).toMatchObject({ code: 0, said: expect.stringContaining('Verified OK') });
    }
    const types = {
      'T1.run-1': RUN,
      'T1.tests': 'https://in-toto.io/attestation/test-result/v0.1',
      gate: 'https://slsa.dev/verification_summary/v1',
    };
    for (const [name, type] of Object.entries(types)) {
      expect(await tried(path, verify(name, type, 'artifacts/src/add.ts'))).toMatchObject({ code: 0 });
    }
  });

  it('accepts the run of an agent about its chronicle, as the documentation takes it out of the log, and about no other', async (context) => {
    const path = needPeer(context, cosign);
    const [, filter] = /jq -r '([^']*)'/.exec(readFileSync(join(import.meta.dirname, '../../docs/statements.md'), 'utf8')) ?? [];
    const jq = await runTool('jq', ['-r', (filter ?? '').replace('work:t001', 'T1'), 'log/entries.jsonl'], { cwd: dir }).catch(
      () => undefined,
    );
    if (jq === undefined) context.skip('there is no jq');
    writeFileSync(join(dir, 'chronicle.jsonl'), jq?.stdout ?? '');
    expect(await tried(path, verify('T1.run-1', RUN, 'chronicle.jsonl'))).toMatchObject({ code: 0 });
    writeFileSync(join(dir, 'chronicle.jsonl'), (jq?.stdout ?? '').replace('deny', 'allow'));
    expect((await tried(path, verify('T1.run-1', RUN, 'chronicle.jsonl'))).code).not.toBe(0);
  });

  it('accepts what a person has said about the list of files, and what a release is made of', async (context) => {
    const path = needPeer(context, cosign);
    expect(await tried(path, verify('gate.approval', APPROVAL, 'tree.json'))).toMatchObject({ code: 0 });
    expect((await tried(path, verify('gate.approval', APPROVAL, 'product.tar.gz'))).code).not.toBe(0);
    expect(await tried(path, verify('release', RELEASE, 'product.tar.gz'))).toMatchObject({ code: 0 });
    expect((await tried(path, verify('release', RELEASE, 'tree.json'))).code).not.toBe(0);
  });

  it('refuses another artifact, another type, and a changed signature', async (context) => {
    const path = needPeer(context, cosign);
    const type = 'https://slsa.dev/provenance/v1';
    expect((await tried(path, verify('T1.tests', type, 'artifacts/src/add.ts'))).code).not.toBe(0);
    expect((await tried(path, verify('T1.provenance', type, 'tree.json'))).code).not.toBe(0);
    const file = join(dir, 'evidence', 'T1.provenance.sigstore.json');
    const bundle = JSON.parse(readFileSync(file, 'utf8'));
    const other = JSON.parse(readFileSync(join(dir, 'evidence', 'gate.sigstore.json'), 'utf8'));
    bundle.dsseEnvelope.signatures = other.dsseEnvelope.signatures;
    writeFileSync(join(dir, 'evidence', 'forged.sigstore.json'), JSON.stringify(bundle));
    expect((await tried(path, verify('forged', type, 'artifacts/src/add.ts'))).code).not.toBe(0);
  });
});

describe('slsa-verifier', () => {
  let verifier: Peer;
  beforeAll(async () => void (verifier = await findPeer('slsa-verifier')), PEER_TIMEOUT);

  const verify = (digest: string) => [
    'verify-vsa',
    `--subject-digest=sha256:${digest}`,
    '--attestation-path=gate.dsse.json',
    '--verifier-id=https://agentnexus.dev/verifiers/gate/v1',
    `--resource-uri=urn:uuid:${MISSION}`,
    '--verified-level=SLSA_BUILD_LEVEL_1',
    '--public-key-path=keys/signing.pub',
  ];

  it("accepts the gate's summary as a VSA, and not for another artifact", async (context) => {
    const path = needPeer(context, verifier);
    const { dsseEnvelope } = JSON.parse(readFileSync(join(dir, 'evidence', 'gate.sigstore.json'), 'utf8'));
    writeFileSync(join(dir, 'gate.dsse.json'), JSON.stringify(dsseEnvelope));
    expect(await tried(path, verify(subject))).toMatchObject({ code: 0, said: expect.stringContaining('PASSED') });
    expect((await tried(path, verify('0'.repeat(64)))).code).not.toBe(0);
  });
});
