import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type * as Inputs from '../../../src/base/generated/operation-inputs.ts';
import { CONTRACTS, inputSchema, SCOPES } from '../../../src/runtime/app/operation-contracts.ts';
import type { OperationName, Operations } from '../../../src/runtime/app/operations.ts';
import { ROUTES } from '../../../src/runtime/serve/routes.ts';

const NAMES = Object.keys(CONTRACTS) as OperationName[];

/** Reached over HTTP by an address of its own, beside the table of routes. */
const ELSEWHERE: readonly OperationName[] = ['apply', 'evidence.export'];

/** `true` where both have the same members; the compiler refuses this file where they have not. */
type SameMembers<A, B> = [keyof A] extends [keyof B] ? ([keyof B] extends [keyof A] ? true : never) : never;

const SAME: [
  SameMembers<Inputs.Plan, Operations['plan']['input']>,
  SameMembers<Inputs.Resume, Operations['resume']['input']>,
  SameMembers<Inputs.Retry, Operations['retry']['input']>,
  SameMembers<Inputs.Approve, Operations['approve']['input']>,
  SameMembers<Inputs.Merge, Operations['merge']['input']>,
  SameMembers<Inputs.Missions, Operations['missions']['input']>,
  SameMembers<Inputs.Logs, Operations['logs']['input']>,
  SameMembers<Inputs.Explain, Operations['explain']['input']>,
  SameMembers<Inputs.Report, Operations['report']['input']>,
  SameMembers<Inputs.EvidenceShow, Operations['evidence.show']['input']>,
  SameMembers<Inputs.Verify, Operations['verify']['input']>,
  SameMembers<Inputs.LedgerProve, Operations['ledger.prove']['input']>,
  SameMembers<Inputs.QaRun, Operations['qa.run']['input']>,
  SameMembers<Inputs.CachePrune, Operations['cache.prune']['input']>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true];

describe('the contract of each operation', () => {
  it.each(NAMES)('%s names a scope, an input and an output that there are', (name) => {
    const { scope, output } = CONTRACTS[name];
    expect(SCOPES).toContain(scope);
    expect(existsSync(join(import.meta.dirname, '../../../schemas/cli', `${output}.schema.json`))).toBe(true);
    expect(inputSchema(name)).toMatchObject({
      type: 'object',
      additionalProperties: false,
      description: expect.stringMatching(/\.$/),
    });
  });

  it('says of what has no route why it is for this machine', () => {
    const routed = new Set([...ROUTES.map(({ operation }) => operation), ...ELSEWHERE]);
    const silent = NAMES.filter((name) => !routed.has(name) && CONTRACTS[name].local === undefined);
    expect(silent).toEqual([]);
    expect(SAME).not.toContain(false);
  });
});
