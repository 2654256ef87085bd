import type { JSX } from 'preact';

import { counted, grouped } from '../../../base/text.ts';
import type { ReportCheck, ReportSuite } from '../../../runtime/report/model/report.ts';
import { suiteVerdicts } from '../../../runtime/report/model/verdict-table.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { Empty, Link, StateBadge } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';
import { useVerification } from './use-verification.ts';
import { VerificationLine } from './verification-line.tsx';

const MOST_CHECKS = 400;

/** May this product leave, who says so, and what do the judges say. */
export function GateTab({ model, place }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const { report } = model;
  const { gate, suites, checks } = report;
  const verification = useVerification(report);
  return (
    <>
      <section class={`verdict v-${gate.result}`} aria-label="Decision of the gate">
        <h2>
          <StateBadge state={gate.result} word={WORDS[gate.result]} />
        </h2>
        <p class="soft">
          {gate.entry === null
            ? 'Every file needs signed provenance, every code and test file a passed test result too.'
            : `Decided on verified statements alone; on record as entry ${gate.entry}.`}
        </p>
        {gate.reasons.length === 0 ? null : (
          <ul class="reasons">
            {gate.reasons.slice(0, 60).map((reason) => (
              <li key={reason}>{shownText(reason, 400)}</li>
            ))}
          </ul>
        )}
        <VerificationLine verification={verification} place={place} />
      </section>
      <Suites suites={suites} />
      <Checks checks={checks} place={place} />
    </>
  );
}

const WORDS = { pass: 'The gate passed', fail: 'The gate refused', pending: 'Not decided yet' } as const;

function Suites({ suites }: { suites: readonly ReportSuite[] }): JSX.Element {
  if (suites.length === 0) return <Empty>No suite has judged anything yet.</Empty>;
  const { figures, rows } = suiteVerdicts(suites);
  return (
    <>
      <h2>Suites</h2>
      <div class="sheet">
        <table>
          <thead>
            <tr>
              <th scope="col">Suite</th>
              <th scope="col">Verdict</th>
              {figures.map((name) => (
                <th key={name} scope="col" class="n">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.suite}>
                <th scope="row">{shownText(row.suite, 100)}</th>
                <td>
                  <StateBadge state={row.verdict} />
                </td>
                {row.figures.map((figure, at) => (
                  <td key={figures[at]} class="n">
                    {figure}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Checks({ checks, place }: { checks: readonly ReportCheck[]; place: MissionPlace }): JSX.Element | null {
  if (checks.length === 0) return null;
  const order = checks.toSorted((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed')).slice(0, MOST_CHECKS);
  return (
    <>
      <h2>{counted(checks.length, 'check')}</h2>
      <div class="sheet">
        <table>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Check</th>
              <th scope="col">Suite</th>
              <th scope="col" class="n">
                Passed
              </th>
              <th scope="col" class="n">
                Failed
              </th>
              <th scope="col" class="n">
                Signed in entry
              </th>
            </tr>
          </thead>
          <tbody>
            {order.map(({ task, state, suite, passed, failed, failedTests, statement }) => (
              <tr key={task}>
                <td>
                  <StateBadge state={state} />
                </td>
                <th scope="row">
                  <Link to={{ ...place, task }}>{shownText(task, 120)}</Link>
                  {failedTests.length === 0 ? null : (
                    <ul class="failed">
                      {failedTests.map((name) => (
                        <li key={name}>{shownText(name, 200)}</li>
                      ))}
                    </ul>
                  )}
                </th>
                <td>{shownText(suite ?? '–', 60)}</td>
                <td class="n">{passed === null ? '–' : grouped(passed)}</td>
                <td class="n">{failed === null ? '–' : grouped(failed)}</td>
                <td class="n">{statement ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {checks.length > MOST_CHECKS ? <p class="soft">and {checks.length - MOST_CHECKS} more</p> : null}
    </>
  );
}
