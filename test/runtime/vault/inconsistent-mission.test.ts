import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import { verifyExport } from '../../../src/runtime/vault/verify-export.ts';
import { failure } from './export-copy.ts';
import { MISSION, openWorkspace, runMission, type Variation } from './sample-mission.ts';

describe('records that do not add up', () => {
  async function verifyVariation(variation: Variation) {
    using other = await openWorkspace();
    await runMission(other, variation);
    const out = join(other.dir, 'export');
    await exportMission(other, MISSION, out);
    return (await verifyExport(out)).failures;
  }

  const changing = (kind: string, change: (draft: EntryDraft) => EntryDraft | undefined): Variation => ({
    record: (draft) => (draft.kind === kind ? change(draft) : draft),
  });
  const withData = (draft: EntryDraft, data: JsonObject): EntryDraft => ({ ...draft, data: { ...draft.data, ...data } });

  it.each<[string, Variation, string, string]>([
    [
      'a gate that passed failed tests',
      {
        tests: 'fail',
        sign: (name, made) =>
          name === 'gate' ? { ...made, predicate: { ...made.predicate, verificationResult: 'PASSED' } } : made,
        ...changing('gate.decided', (draft) => withData(draft, { result: 'pass', reasons: [] })),
      },
      'log/entries.jsonl',
      'VERIFY_GATE',
    ],
    ['a success whose gate had failed', { tests: 'fail' }, 'log/entries.jsonl', 'VERIFY_GATE'],
    ['a success without a gate', changing('gate.decided', () => undefined), 'log/entries.jsonl', 'VERIFY_GATE'],
    [
      'a success whose gate saw another product',
      changing('gate.decided', (draft) => withData(draft, { head: sha256('other') })),
      'log/entries.jsonl',
      'VERIFY_GATE',
    ],
    [
      'a gate whose summary says no',
      {
        sign: (name, made) =>
          name === 'gate' ? { ...made, predicate: { ...made.predicate, verificationResult: 'FAILED' } } : made,
      },
      'log/entries.jsonl',
      'VERIFY_GATE',
    ],
    [
      'a statement that the gate counted and the log never saw',
      changing('statement.recorded', (draft) => (draft.data['name'] === 'T1.tests' ? undefined : draft)),
      'evidence/T1.tests.sigstore.json',
      'VERIFY_INCOMPLETE',
    ],
    [
      'a statement that the mission’s end does not count',
      changing('mission.finished', (draft) => withData(draft, { statements: { count: 2, digest: sha256('other') } })),
      'log/entries.jsonl',
      'VERIFY_INCOMPLETE',
    ],
    [
      'other statements than the mission’s end counts',
      changing('mission.finished', (draft) => withData(draft, { statements: { count: 3, digest: sha256('other') } })),
      'log/entries.jsonl',
      'VERIFY_INCOMPLETE',
    ],
    [
      'a statement of another kind than on record',
      changing('statement.recorded', (draft) => (draft.data['name'] === 'gate' ? withData(draft, { subjects: 2 }) : draft)),
      'evidence/gate.sigstore.json',
      'VERIFY_STATEMENT_CHANGED',
    ],
    [
      'an artifact without evidence',
      changing('artifact.recorded', (draft) => (draft.data['path'] === 'README.md' ? undefined : draft)),
      'artifacts/README.md',
      'VERIFY_EVIDENCE',
    ],
    [
      'an artifact of another type than on record',
      changing('artifact.recorded', (draft) =>
        withData(draft, { evidence: { ...(draft.data['evidence'] as JsonObject), type: 'test' } }),
      ),
      'artifacts/README.md',
      'VERIFY_EVIDENCE',
    ],
    [
      'an artifact of unknown origin',
      {
        state: 'failed',
        sign: (name, made) =>
          name === 'T1.provenance'
            ? { ...made, subject: made.subject.map((one, i) => (i === 0 ? { ...one, name: 'else' } : one)) }
            : made,
      },
      'artifacts/README.md',
      'VERIFY_UNPROVEN',
    ],
    [
      'a report on an artifact that is not on record',
      changing('validation.recorded', (draft) =>
        withData(draft, { report: { ...(draft.data['report'] as JsonObject), artifactId: 'other' } }),
      ),
      'log/entries.jsonl',
      'VERIFY_RECORD',
    ],
    [
      'a record without its fields',
      changing('gate.decided', (draft) => ({ ...draft, data: {} })),
      'log/entries.jsonl',
      'VERIFY_RECORD',
    ],
    ['a mission without a beginning', changing('mission.created', () => undefined), 'log/entries.jsonl', 'VERIFY_MISSION'],
  ])('%s', async (_, variation, subject, code) => {
    expect(await verifyVariation(variation)).toContainEqual(failure(subject, code));
  });

  it('an honest failure, however, verifies', async () => {
    expect(await verifyVariation({ tests: 'fail', state: 'failed' })).toEqual([]);
  });
});
