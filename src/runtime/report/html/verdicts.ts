import { counted, grouped } from '../../../base/text.ts';
import type { Report, ReportCheck } from '../model/report.ts';
import { suiteVerdicts } from '../model/verdict-table.ts';
import { clipped, fitting, html, type Markup } from './markup.ts';
import { mark, stateBadge } from './state-mark.ts';
import { verdictTable } from './verdict-table.ts';

const FAILURES = { most: 100, characters: 500_000 };
/** Those after them are in a list to be opened. */
const FIRST_FAILURES = 10;
const CHECKS = { most: 600, characters: 400_000 };

/** What was judged, by whom, and what the judges found. */
export function verdictsSection(report: Report): Markup {
  const { suites, checks } = report;
  return html`<section id="verdicts" aria-labelledby="verdicts-h">
    <h2 id="verdicts-h">Verdicts</h2>
    ${
      suites.length === 0
        ? html`<p class="lead">No suite has judged anything yet.</p>`
        : html`<p class="lead">Validation reports on the product as it stands, by suite.</p>
            ${verdictTable(suiteVerdicts(suites))}`
    }
    ${failures(report)} ${checks.length === 0 ? null : checkTable(checks)}
  </section>`;
}

/** Every failed task with its reason, and of a check the tests that failed. */
function failures({ tasks, checks }: Report): Markup | null {
  const byTask = new Map(checks.map((check) => [check.task, check]));
  const failed = [...tasks.entries()].filter(([, { state }]) => state === 'failed');
  if (failed.length === 0) return null;
  const { shown, omitted } = fitting(
    failed,
    ([at, { id, title, reason }]) =>
      html`<article class="failure">
        <h4>${mark('failed')} <a href="#t${at}">${clipped(id, 200)}</a> <span>${clipped(title, 200)}</span></h4>
        ${tests(byTask.get(id))}
        <pre>${clipped(reason ?? 'No reason is on record.', 4000)}</pre>
      </article>`,
    FAILURES,
  );
  const rest = html`<details class="failures">
    <summary>${counted(shown.length - FIRST_FAILURES, 'more failure')}</summary>
    ${shown.slice(FIRST_FAILURES)}
  </details>`;
  return html`<h3>${counted(failed.length, 'failure')}</h3>
    ${shown.slice(0, FIRST_FAILURES)} ${shown.length > FIRST_FAILURES ? rest : null}
    ${omitted > 0 ? html`<p class="more">and ${grouped(omitted)} more; <code>spec-kit status</code> lists them</p>` : null}`;
}

function tests(check: ReportCheck | undefined): Markup | null {
  if (check === undefined || check.failedTests.length === 0) return null;
  const left = (check.failed ?? 0) - check.failedTests.length;
  return html`<ul>
    ${check.failedTests.map((name) => html`<li>${clipped(name, 300)}</li>`)}
    ${left > 0 ? html`<li>and ${grouped(left)} more</li>` : null}
  </ul>`;
}

function checkTable(checks: readonly ReportCheck[]): Markup {
  const { shown, omitted } = fitting(checks, checkRow, CHECKS);
  return html`<details>
    <summary>${counted(checks.length, 'check')}</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">State</th>
            <th scope="col">Suite</th>
            <th scope="col" class="n">Tests passed</th>
            <th scope="col" class="n">Failed</th>
            <th scope="col" class="n">Signed in entry</th>
          </tr>
        </thead>
        <tbody>
          ${shown}
        </tbody>
      </table>
    </div>
    ${omitted > 0 ? html`<p class="more">and ${grouped(omitted)} more</p>` : null}
  </details>`;
}

function checkRow({ task, state, suite, passed, failed, statement }: ReportCheck): Markup {
  return html`<tr>
    <th scope="row">${clipped(task, 160)}</th>
    <td>${stateBadge(state)}</td>
    <td>${clipped(suite ?? '–', 60)}</td>
    <td class="n">${passed === null ? '–' : grouped(passed)}</td>
    <td class="n">${failed === null ? '–' : grouped(failed)}</td>
    <td class="n">${statement === null ? '–' : statement}</td>
  </tr>`;
}
