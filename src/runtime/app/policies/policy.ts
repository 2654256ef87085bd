import { systemClock, timestamp } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { parsedJson } from '../../../base/json.ts';
import { resolve } from 'node:path';
import { askReleasePolicy } from '../../mission/ask-release-policy.ts';
import { baseOf } from '../../mission/base.ts';
import { findMission, type MissionRow, statementRows } from '../../mission/queries.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import { RegoEvaluator } from '../../policy/rego/evaluator.ts';
import { faultText } from '../../policy/release/embedded-engine.ts';
import { DEFAULT_POLICY, readPolicy } from '../../policy/release/read-policy.ts';
import { invalid } from '../../policy/release/release-policy.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import type { NamedStatement } from '../../vault/gate.ts';
import { GATE_DECIDED, readGate } from '../../vault/records.ts';
import { type ReleaseInput, releaseInput } from '../../vault/release-input.ts';
import { parseTreeListing } from '../../vault/tree-listing.ts';
import { VERIFICATION_SUMMARY } from '../../vault/verification-summary.ts';
import { openBundleVerifier } from '../../vault/verify-bundle.ts';
import { type History, withHistory } from '../host/history.ts';
import { signingPublicKeys } from '../ledger/keys.ts';
import { trustedRoots } from '../ledger/signing.ts';
import type { Handler, PolicyEvalInput } from '../operations.ts';
import { findReleasePolicy, keptSource, releaseGateOf, type ReleaseSource } from './release-policy.ts';
import type { PolicyEvaluationView } from './policy-views.ts';

/** Asks a release policy about a mission that has come to its end, without deciding anything: to try one, or to see why it said no. */
export const evalPolicy: Handler<'policy.eval'> = (asked, context) =>
  withHistory(context, async ({ log, workspace }): Promise<PolicyEvaluationView> => {
    const row = findMission(log.db, asked.mission);
    const store = openContentStore(workspace.dir);
    const { setting, policy } = await chosenPolicy(row, asked, { cwd: context.cwd, store });
    const input = await inputOf(row, { log, workspace }, store);
    const gate = await releaseGateOf(setting, {
      get: (digest) => (digest === policy?.digest ? policy.bundle : store.get(digest)),
    });
    try {
      const { verdict, record } = await askReleasePolicy(gate, input);
      return {
        kind: 'PolicyEvaluation',
        mission: row.id,
        result: verdict.result,
        policy: { source: setting.source, digest: record.digest ?? null },
        engine: record.engine,
        input: record.input,
        findings: verdict.findings.map(({ level, message, rule, path }) => ({
          level,
          message,
          rule: rule ?? null,
          path: path ?? null,
        })),
        ...(asked.showInput === true && { document: parsedJson(releaseInput(input)) ?? null }),
      };
    } finally {
      await gate.engine.close();
    }
  });

/** What was asked for, else what the mission's gate asked, else the rules that are shipped. */
async function chosenPolicy(
  row: MissionRow,
  asked: PolicyEvalInput,
  { cwd, store }: { cwd: string; store: ContentStore },
): Promise<ReleaseSource> {
  const { release } = JSON.parse(row.settings) as MissionSettings;
  if (asked.releasePolicy === undefined && release !== undefined) {
    const { policyEngine: engine = 'auto', policyKey } = asked;
    return keptSource({ ...release, engine }, { store, key: policyKey && resolve(cwd, policyKey) });
  }
  const found = await findReleasePolicy({ ...asked, releasePolicy: asked.releasePolicy ?? 'default' }, { cwd });
  if (found === undefined) throw new NexusError('INTERNAL', 'A policy was named, and none was found.');
  return found;
}

async function inputOf(row: MissionRow, { log, workspace }: History, store: ContentStore): Promise<ReleaseInput> {
  if (row.head === null) {
    throw new NexusError('MISSION_STATE', `Mission ${row.id} is ${row.state}, and has no product yet.`, {
      hint: 'Let it finish: `spec-kit resume`.',
      details: { mission: row.id, state: row.state },
    });
  }
  const verifier = await openBundleVerifier(signingPublicKeys(workspace), { roots: trustedRoots(workspace) });
  const statements = statementRows(log.db, row.id).flatMap(({ name, bundle }): NamedStatement[] => {
    const check = verifier.verify(store.get(bundle));
    return check.valid && check.verified.statement.predicateType !== VERIFICATION_SUMMARY
      ? [{ name, verified: check.verified }]
      : [];
  });
  return {
    mission: row.id,
    time: decidedAt(row, log) ?? timestamp(systemClock),
    tree: parseTreeListing(store.get(row.head)),
    base: baseOf(row, store)?.files,
    statements,
  };
}

/** When the gate had asked a policy: the same input has the same time in it. */
function decidedAt(row: MissionRow, log: History['log']): string | undefined {
  const last = [...log.entries({ mission: row.id, kinds: [GATE_DECIDED] })].at(-1);
  return last && readGate(last)?.policy?.time;
}

/** Runs the tests of a policy, as `opa test` does. */
export const testPolicy: Handler<'policy.test'> = async ({ path }, { cwd }) => {
  const policy = readPolicy(path === undefined ? DEFAULT_POLICY : resolve(cwd, path));
  const evaluator = new RegoEvaluator();
  try {
    const { modules, data, regoVersion } = policy;
    const { tests = [], errors } = await evaluator.ask({ op: 'test', modules, data, regoVersion });
    if (errors !== undefined) throw invalid(`${errors.map(faultText).join('; ')}.`);
    const count = (result: string) => tests.filter((each) => each.result === result).length;
    const failed = count('fail') + count('error');
    return {
      kind: 'PolicyTest',
      policy: { source: path ?? 'default', digest: policy.digest },
      result: failed === 0 && tests.length > 0 ? 'pass' : 'fail',
      passed: count('pass'),
      failed,
      skipped: count('skip'),
      tests: tests.map(({ name, file, row, result, message, printed = [] }) => ({
        name,
        file,
        row,
        result,
        message: message ?? null,
        printed,
      })),
    };
  } finally {
    await evaluator.close();
  }
};
