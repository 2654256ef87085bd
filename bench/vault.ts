import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../src/base/clock.ts';
import { sha256 } from '../src/base/digest.ts';
import type { EntryDraft } from '../src/runtime/log/entry.ts';
import { type Log, openLog } from '../src/runtime/log/log.ts';
import type { Artifact } from '../src/runtime/vault/artifact.ts';
import { type ContentStore, openContentStore } from '../src/runtime/vault/content-store.ts';
import { artifactEvidence } from '../src/runtime/vault/evidence.ts';
import { exportMission } from '../src/runtime/vault/export-mission.ts';
import { provenance } from '../src/runtime/vault/provenance.ts';
import { artifactRecorded, missionFinished, statementRecorded } from '../src/runtime/vault/records.ts';
import { openStatementSigner, type StatementSigner } from '../src/runtime/vault/sign-statement.ts';
import { openSigningKey } from '../src/runtime/vault/signing-key.ts';
import { storeTree } from '../src/runtime/vault/tree-listing.ts';
import { verifyExport } from '../src/runtime/vault/verify-export.ts';
import { benchSigner } from './append-chain.ts';
import { type BenchRow, row } from './bench-row.ts';

const MISSION = '0198a000-0000-7000-8000-000000000001';
const AT = '2026-01-02T03:04:05.678Z';
const STATEMENTS = 1000;
const ROUNDS = 3;

interface Bench {
  log: Log;
  store: ContentStore;
  signer: StatementSigner;
}

/** Speed of the vault: signing and recording in batches, verifying the export of a mission with a thousand statements. */
export async function benchVault(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-vault-'));
  const logKey = benchSigner();
  const log = openLog(dir, { mode: 'write', clock: systemClock, signer: logKey });
  try {
    const signingKey = openSigningKey(join(dir, 'keys', 'signing.pem'));
    const [store, signer] = [openContentStore(dir, { writer: true }), await openStatementSigner(signingKey)];
    const tree = await stored(store);
    const signed = await timed(() => signAndRecord({ log, store, signer }, tree));
    const out = join(dir, 'export');
    await exportMission({ log, logKey, store, signingKey, signer }, MISSION, out);
    const verified = await fastest(async () => {
      const { result, checked } = await verifyExport(out);
      if (result !== 'verified' || checked.statements !== STATEMENTS) throw new Error('the export does not verify');
    });
    return [
      row('vault: statements signed and recorded', {
        value: Math.round((STATEMENTS / signed) * 1000),
        baseline: 2000,
        unit: '1/s',
      }),
      row('vault: verify a mission of 1,000 statements', { value: verified, baseline: 1000 }),
    ];
  } finally {
    log.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function stored(store: ContentStore): Promise<Artifact[]> {
  const contents = Array.from({ length: STATEMENTS }, (_, at) => Buffer.from(`export const n${at} = ${at};\n`));
  await store.putMany(contents);
  const tree = contents.map((content, at): Artifact => {
    const path = `src/n${String(at).padStart(4, '0')}.ts`;
    return { path, digest: sha256(content), size: content.length, type: 'code' };
  });
  await storeTree(store, tree);
  return tree;
}

/** Each file with a statement of its own: sign, store, one commit. */
async function signAndRecord({ log, store, signer }: Bench, tree: readonly Artifact[]): Promise<void> {
  const place = { mission: MISSION, task: 'T1' };
  const statements = tree.map((artifact) => statementOf(artifact));
  const bundles = await Promise.all(statements.map((statement) => signer.sign(statement)));
  const digests = await store.putMany(bundles);
  const drafts: EntryDraft[] = [
    { kind: 'mission.created', mission: MISSION, data: { specification: sha256('specification') } },
    ...tree.map((artifact) => {
      const evidence = artifactEvidence(MISSION, artifact, 'qa/jest');
      return artifactRecorded(place, { path: artifact.path, size: artifact.size, evidence });
    }),
    ...statements.map(({ predicateType, subject }, at) => {
      const bundle = digests[at] ?? sha256('');
      return statementRecorded(place, { name: `T1.${at}`, predicateType, bundle, subjects: subject.length });
    }),
    missionFinished(MISSION, { state: 'failed', tree, statements: digests }),
  ];
  await log.append(drafts);
}

function statementOf(artifact: Artifact): ReturnType<typeof provenance> {
  return provenance({
    outputs: [artifact],
    mission: MISSION,
    task: 'T1',
    attempt: 1,
    specification: { id: 'bench', digest: sha256('specification') },
    fragment: sha256('fragment'),
    agent: { name: 'compiler', version: '1.0.0' },
    profile: 'builder',
    needs: new Map(),
    startedOn: AT,
    finishedOn: AT,
    builderVersion: '0.1.0',
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function fastest(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(work));
  return Math.min(...times);
}
