import { type Digest, hexOf, sha256 } from '../../base/digest.ts';
import { messageOf } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import { askPolicy } from '../policy/release/ask-policy.ts';
import type { PolicyEngine } from '../policy/release/policy-engine.ts';
import { parsePolicy, type ReleasePolicy } from '../policy/release/release-policy.ts';
import type { CheckedBase } from './check-base.ts';
import { inputsOf } from './check-statements.ts';
import type { NamedStatement } from './gate.ts';
import type { MissionCheck } from './mission-records.ts';
import type { GateRecord } from './records.ts';
import { type PolicyRecord, releaseInput } from './release-input.ts';
import type { TreeEntry } from './tree-listing.ts';
import type { PolicyOutcome } from './verification.ts';
import { VERIFICATION_SUMMARY } from './verification-summary.ts';

interface Released {
  tree: TreeEntry[] | undefined;
  base: CheckedBase | undefined;
}

/**
 * Asks the release policy again that the gate had asked, about the same verified statements, and holds its answer against the one on record. It is
 * evaluated here by what is shipped with us, whatever evaluated it then.
 */
export async function checkPolicy(
  check: MissionCheck,
  statements: readonly NamedStatement[],
  released: Released,
): Promise<PolicyOutcome | undefined> {
  const { material, records, failures } = check;
  const { gate, finish } = records;
  const policy = gate?.record.policy;
  if (gate === undefined || policy === undefined) return undefined;
  const { digest, source, engine, result } = policy;
  const outcome = { ...(digest !== undefined && { digest }), source, engine: engine.name, result, replayed: false };
  const subject = material.entrySubject(gate.entry);
  if (gate.record.result === 'pass' && result !== 'pass') {
    failures.add(subject, 'VERIFY_GATE', 'the gate is recorded as passed, and its release policy as failed');
  }
  const { tree, base } = released;
  // Where something is missing that it was asked about, that is reported already.
  const isWhole = statements.length === records.statements.length && (records.base === undefined || base !== undefined);
  if (digest === undefined || tree === undefined || !isWhole || gate.record.head !== finish?.record.head) return outcome;
  const bundle = material.policy(digest);
  if (bundle.content === undefined || sha256(bundle.content) !== digest) {
    const what = bundle.content === undefined ? 'is not there' : 'is another one';
    failures.add(bundle.subject, 'VERIFY_POLICY', `the gate asked release policy ${digest}, and it ${what}`);
    return outcome;
  }
  const summary = statements.findLast(({ name, verified }) => isSummaryOf(gate.entry.task, name, verified));
  if (summary === undefined) return outcome;
  const fault =
    summaryFault(summary, digest) ??
    (await replayFault(Buffer.from(bundle.content), {
      asked: gate.record,
      input: inputOf(check, statements, { tree, base, summary, policy }),
    }));
  if (fault !== undefined) failures.add(subject, 'VERIFY_POLICY', fault);
  return { ...outcome, replayed: true };
}

function isSummaryOf(task: string | undefined, name: string, { statement }: NamedStatement['verified']): boolean {
  return statement.predicateType === VERIFICATION_SUMMARY && name === `${task ?? ''}.summary`;
}

/** The signed summary must name the policy that the log says was asked. */
function summaryFault({ name, verified }: NamedStatement, digest: Digest): string | undefined {
  const { policy } = verified.statement.predicate;
  const named = isJsonObject(policy) && isJsonObject(policy['digest']) ? policy['digest']['sha256'] : undefined;
  return named === hexOf(digest) ? undefined : `statement ${name} does not name release policy ${digest}`;
}

/** The input as it was: the statements that the summary names, by their bundles. */
function inputOf(
  { material }: MissionCheck,
  statements: readonly NamedStatement[],
  {
    tree,
    base,
    summary,
    policy,
  }: { tree: TreeEntry[]; base: CheckedBase | undefined; summary: NamedStatement; policy: PolicyRecord },
): string {
  const byBundle = new Map(statements.map((each) => [`${each.name} ${each.verified.bundle}`, each]));
  const named = inputsOf(summary.verified).flatMap(({ name, digest }) => byBundle.get(`${name} ${digest}`) ?? []);
  return releaseInput({ mission: material.mission, time: policy.time, tree, base: base?.files, statements: named });
}

async function replayFault(bundle: Buffer, { asked, input }: { asked: GateRecord; input: string }): Promise<string | undefined> {
  const { policy } = asked;
  if (policy === undefined) return undefined;
  if (sha256(input) !== policy.input) return 'the release policy was asked about something else than what is on record';
  let parsed: ReleasePolicy;
  try {
    parsed = parsePolicy(bundle);
  } catch (error) {
    return messageOf(error);
  }
  const engine = await engineFor(policy.engine.name);
  try {
    const { result, findings } = await askPolicy(engine, parsed, input);
    if (result === policy.result) return undefined;
    return `the release policy is recorded with ${policy.result}; asked again it says ${result}: ${findings.map(({ message }) => message).join('; ')}`;
  } finally {
    await engine.close();
  }
}

/** An `opa` and the embedded evaluator are the same program. */
async function engineFor(name: string): Promise<PolicyEngine> {
  if (name === 'wasm') return (await import('../policy/release/compiled-engine.ts')).compiledEngine();
  return (await import('../policy/release/embedded-engine.ts')).embeddedEngine();
}
