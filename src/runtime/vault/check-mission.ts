import { checkApprovals } from './check-approvals.ts';
import { checkBase } from './check-base.ts';
import { checkPolicy } from './check-policy.ts';
import { checkGate, checkReports, checkTree } from './check-product.ts';
import { checkRuns } from './check-runs.ts';
import { checkSeal, checkStatements, checkSummaries } from './check-statements.ts';
import type { Failures } from './failure.ts';
import type { GateDecision } from './gate.ts';
import type { MissionMaterial } from './mission-material.ts';
import { type MissionCheck, type MissionRecords, readRecords } from './mission-records.ts';
import type { MissionState } from './records.ts';
import type { Checked, PolicyOutcome } from './verification.ts';
import type { BundleVerifier } from './verify-bundle.ts';

/** How a mission ended by its own records. */
export interface MissionOutcome {
  id: string;
  state?: MissionState;
  gate?: GateDecision & { policy?: PolicyOutcome };
}

/** Checks all that a mission's entries claim, statements, product and gate, and adds to `checked` what holds. */
export async function checkMission(
  material: MissionMaterial,
  verifier: BundleVerifier,
  { failures, checked }: { failures: Failures; checked: Checked },
): Promise<MissionOutcome> {
  const records = readRecords(material, failures);
  const check: MissionCheck = { material, records, failures, checked };
  const statements = checkStatements(check, verifier);
  checkSeal(check);
  checkSummaries(check, statements);
  checkRuns(check, statements);
  checkApprovals(check, statements);
  const base = checkBase(check);
  const tree = checkTree(check, statements, base);
  checkReports(check);
  checkGate(check, statements, { tree, base });
  const policy = await checkPolicy(check, statements, { tree, base });
  return outcomeOf(material.mission, records, policy);
}

function outcomeOf(id: string, { finish, gate }: MissionRecords, policy: PolicyOutcome | undefined): MissionOutcome {
  return {
    id,
    ...(finish !== undefined && { state: finish.record.state }),
    ...(gate !== undefined && { gate: { result: gate.record.result, reasons: gate.record.reasons, ...(policy && { policy }) } }),
  };
}
