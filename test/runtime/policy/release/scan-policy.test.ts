import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { askPolicy } from '../../../../src/runtime/policy/release/ask-policy.ts';
import { embeddedEngine } from '../../../../src/runtime/policy/release/embedded-engine.ts';
import { readPolicy } from '../../../../src/runtime/policy/release/read-policy.ts';
import { releaseInput } from '../../../../src/runtime/vault/release-input.ts';
import { type Finding, vulnerabilityScan } from '../../../../src/runtime/vault/vulnerability-scan.ts';

const engine = embeddedEngine();
const dir = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(async () => {
  rmSync(dir, { recursive: true });
  await engine.close();
});

/** The policy that docs/release-policy.md gives. */
function shown() {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/release-policy.md'), 'utf8');
  const [, rules = ''] = /## That it was scanned[^`]*```rego\n([^`]*)```/.exec(text) ?? [];
  const head = 'package agentnexus.release\n\ndefault allow := false\n\nallow if count(deny) == 0\n\n';
  const file = join(dir, 'release.rego');
  writeFileSync(file, head + rules);
  return readPolicy(file);
}

const found = (id: string, level: Finding['level']): Finding => ({
  id,
  level,
  package: 'npm/a@1',
  file: 'package-lock.json',
  aliases: [],
});

async function denials(scan: { lastUpdate: string; findings: Finding[] } | undefined): Promise<string[]> {
  const tree = [{ path: 'a.js', digest: sha256('a'), type: 'code' as const }];
  const time = '2026-01-08T00:00:00.000Z';
  const statements = (scan === undefined ? [] : [scan]).map(({ lastUpdate, findings }) => {
    const report = {
      scanner: { uri: 'x', version: '1' },
      database: { uri: 'y', lastUpdate },
      packages: 1,
      startedOn: time,
      finishedOn: time,
    };
    const statement = vulnerabilityScan(tree, { ...report, findings }, 'none');
    return { name: 'gate.vulnerabilities', verified: { statement, bundle: sha256('bundle'), signer: sha256('key') } };
  });
  const { result, findings } = await askPolicy(engine, shown(), releaseInput({ mission: 'm', time, tree, statements }));
  expect(result).toBe(findings.length === 0 ? 'pass' : 'fail');
  return findings.map(({ message }) => message);
}

it('the policy that the documentation gives wants a scan, a fresh one, and nothing bad but what is accepted', async () => {
  expect(await denials(undefined)).toEqual(['it was not scanned for vulnerabilities']);
  const lastUpdate = '2026-01-01T00:00:00.000Z';
  expect(await denials({ lastUpdate, findings: [found('GHSA-1', 'medium'), found('GHSA-xxxx-yyyy-zzzz', 'critical')] })).toEqual(
    [],
  );
  expect(await denials({ lastUpdate, findings: [found('GHSA-1', 'unknown')] })).toEqual(['GHSA-1 is unknown']);
  expect(await denials({ lastUpdate: '2025-12-31T23:59:59.000Z', findings: [] })).toEqual([
    'the database of vulnerabilities is older than a week',
  ]);
});
