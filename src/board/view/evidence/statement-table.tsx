import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { ProofVerdict, StatementVerdict } from '../../proof/proof-verdict.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { Empty, Json, Link, StateBadge } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';
import { UNCHECKED } from './verification-line.tsx';

const MOST = 300;

interface StatementTableProps {
  model: MissionModel;
  verdict: ProofVerdict | undefined;
  isUnchecked: boolean;
  place: MissionPlace;
}

/** What was signed, each with what this browser found of it. */
export function StatementTable({ model, verdict, isUnchecked, place }: StatementTableProps): JSX.Element {
  const { statements } = model.report;
  const byEntry = new Map(verdict?.statements.map((each) => [each.entry, each]));
  return (
    <>
      <h2>{statements.length} signed statements</h2>
      {statements.length === 0 ? <Empty>Nothing has been signed yet.</Empty> : null}
      <div class="sheet" hidden={statements.length === 0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Here</th>
              <th scope="col">Statement</th>
              <th scope="col">Says</th>
              <th scope="col" class="n">
                About
              </th>
              <th scope="col" class="n">
                Entry
              </th>
            </tr>
          </thead>
          <tbody>
            {statements.slice(0, MOST).map((statement) => (
              <StatementRow
                key={statement.entry}
                statement={statement}
                verdict={byEntry.get(statement.entry)}
                isVerified={verdict !== undefined}
                isUnchecked={isUnchecked}
                place={place}
              />
            ))}
          </tbody>
        </table>
      </div>
      {statements.length > MOST ? (
        <p class="soft">
          and {statements.length - MOST} more{verdict === undefined ? '' : ', verified like these'}
        </p>
      ) : null}
    </>
  );
}

const SAYS: Readonly<Record<string, string>> = {
  'https://slsa.dev/provenance/v1': 'provenance',
  'https://in-toto.io/attestation/test-result/v0.1': 'test result',
  'https://slsa.dev/verification_summary/v1': 'gate summary',
  'https://cyclonedx.org/bom': 'bill of materials',
};

interface StatementRowProps {
  statement: MissionModel['report']['statements'][number];
  verdict: StatementVerdict | undefined;
  isVerified: boolean;
  isUnchecked: boolean;
  place: MissionPlace;
}

function StatementRow({ statement, verdict, isVerified, isUnchecked, place }: StatementRowProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { entry, name, task, predicateType, subjects } = statement;
  const holds = verdict !== undefined && verdict.fault === null;
  return (
    <>
      <tr class={isOpen ? 'chosen' : undefined}>
        <td>
          {isVerified ? (
            <StateBadge state={holds ? 'pass' : 'fail'} word={holds ? 'verified' : 'refused'} />
          ) : isUnchecked ? (
            <StateBadge state="waiting" word={UNCHECKED} />
          ) : (
            <span class="soft">–</span>
          )}
        </td>
        <th scope="row">
          <button
            type="button"
            class="plain"
            aria-expanded={isOpen}
            disabled={verdict?.statement == null}
            onClick={() => setOpen(!isOpen)}
          >
            {shownText(name, 120)}
          </button>
          {verdict?.fault == null ? null : <span class="why">{shownText(verdict.fault)}</span>}
        </th>
        <td title={predicateType}>
          {SAYS[predicateType] ?? <code>{shownText(predicateType, 60)}</code>}
          {task === null ? null : (
            <>
              {' '}
              <Link to={{ ...place, task }} class="soft">
                {shownText(task, 60)}
              </Link>
            </>
          )}
        </td>
        <td class="n">{subjects}</td>
        <td class="n">{entry}</td>
      </tr>
      {isOpen && verdict?.statement != null ? (
        <tr class="detail">
          <td colSpan={5}>
            <p class="soft">
              Signed by <code>{shownText(verdict.signer ?? '')}</code>
            </p>
            <Json
              value={{ predicateType, subject: verdict.statement.subjects.slice(0, 50), predicate: verdict.statement.predicate }}
            />
          </td>
        </tr>
      ) : null}
    </>
  );
}
