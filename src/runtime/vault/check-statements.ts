import { isJsonObject } from '../../base/json.ts';
import { counted } from '../../base/text.ts';
import type { RecordedStatement } from './export-layout.ts';
import type { VerifyFault } from './failure.ts';
import type { NamedStatement } from './gate.ts';
import type { Found } from './mission-material.ts';
import type { MissionCheck } from './mission-records.ts';
import { sealOf } from './records.ts';
import { VERIFICATION_SUMMARY } from './verification-summary.ts';
import type { BundleVerifier, VerifiedStatement } from './verify-bundle.ts';

/** The statements that are what the log records and whose signatures hold. */
export function checkStatements({ material, records, ...check }: MissionCheck, verifier: BundleVerifier): NamedStatement[] {
  return records.statements.flatMap(
    (statement) => checkStatement(statement, material.bundle(statement), { ...check, verifier }) ?? [],
  );
}

/** One statement, if it is what the log records and its signature holds. */
export function checkStatement(
  recorded: RecordedStatement,
  { subject, content }: Found<Uint8Array>,
  { verifier, failures, checked }: Pick<MissionCheck, 'failures' | 'checked'> & { verifier: BundleVerifier },
): NamedStatement | undefined {
  const result = content === undefined ? missing(recorded) : verifier.verify(content);
  if (result.valid) checked.signatures++;
  const fault = result.valid ? recordFault(result.verified, recorded) : result;
  if (fault !== undefined) failures.add(subject, fault.code, fault.message);
  if (fault !== undefined || !result.valid) return undefined;
  checked.statements++;
  return { name: recorded.record.name, verified: result.verified };
}

function missing({ entry, record }: RecordedStatement): VerifyFault & { valid: false } {
  const message = `entry ${entry.seq} records statement ${record.name}, which is not there`;
  return { valid: false, code: 'VERIFY_STATEMENT_MISSING', message };
}

/** A statement may be well signed, and still not be the one on record. */
function recordFault({ bundle, statement }: VerifiedStatement, { entry, record }: RecordedStatement): VerifyFault | undefined {
  if (bundle !== record.bundle) {
    return { code: 'VERIFY_STATEMENT_CHANGED', message: `its bytes are not ${record.bundle}, which entry ${entry.seq} records` };
  }
  if (statement.predicateType === record.predicateType && statement.subject.length === record.subjects) return undefined;
  const is = `${statement.predicateType} with ${counted(statement.subject.length, 'subject')}`;
  return {
    code: 'VERIFY_STATEMENT_CHANGED',
    message: `it is ${is}; on record is ${record.predicateType} with ${record.subjects}`,
  };
}

/** Statements cannot be taken away: the mission's end counts and seals them. */
export function checkSeal({ material, records, failures }: MissionCheck): void {
  const { finish } = records;
  if (finish === undefined) return;
  const before = records.statements.filter(({ entry }) => entry.seq < finish.entry.seq);
  const seal = sealOf(before.map(({ record }) => record.bundle));
  const { count, digest } = finish.record.statements;
  if (seal.count === count && seal.digest === digest) return;
  const which = seal.count === count ? 'other ones are on record' : `${seal.count} are on record`;
  const message = `the mission ended with ${counted(count, 'statement')}, ${which}`;
  failures.add(material.entrySubject(finish.entry), 'VERIFY_INCOMPLETE', message);
}

/** What the gate says that it looked at must be on record too: this names what is missing. */
export function checkSummaries({ material, records, failures }: MissionCheck, statements: readonly NamedStatement[]): void {
  const recorded = new Set<string>(records.statements.map(({ record }) => record.bundle));
  for (const { name, verified } of statements) {
    if (verified.statement.predicateType !== VERIFICATION_SUMMARY) continue;
    for (const input of inputsOf(verified)) {
      if (recorded.has(input.digest)) continue;
      const message = `statement ${name} rests on ${input.name} (${input.digest}), which is not on record`;
      failures.add(material.statementSubject(input.name), 'VERIFY_INCOMPLETE', message);
    }
  }
}

/** What a gate's summary says that it rests on. */
export function inputsOf({ statement }: VerifiedStatement): { name: string; digest: string }[] {
  const inputs = statement.predicate['inputAttestations'];
  if (!Array.isArray(inputs)) return [];
  return inputs.map((input: unknown) => {
    const { name, digest } = isJsonObject(input) ? input : {};
    const hex = isJsonObject(digest) ? digest['sha256'] : undefined;
    return { name: typeof name === 'string' ? name : 'unnamed', digest: `sha256:${typeof hex === 'string' ? hex : ''}` };
  });
}
