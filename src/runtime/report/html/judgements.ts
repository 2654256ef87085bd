import { counted, grouped } from '../../../base/text.ts';
import type { Report, ReportJudgement } from '../model/report.ts';
import { judgedSuites, percent } from '../model/verdict-table.ts';
import { clipped, fitting, html, type Markup } from './markup.ts';
import { stateBadge } from './state-mark.ts';
import { verdictTable } from './verdict-table.ts';

const JUDGEMENTS = { most: 20, characters: 400_000 };
const FINDINGS = { most: 50, characters: 100_000 };

/** What the QA engine said of the product, the last judgement first: suites, findings, flaky tests, mutants and what made values were refused. */
export function judgementsSection({ judgements }: Report): Markup {
  const { shown, omitted } = fitting(judgements.toReversed(), judgement, JUDGEMENTS);
  return html`<section id="qa" aria-labelledby="qa-h">
    <h2 id="qa-h">QA</h2>
    ${
      judgements.length === 0
        ? html`<p class="lead">No product has been judged as a whole in this mission.</p>`
        : html`<p class="lead">The product was judged as a whole ${times(judgements.length)}; the last comes first.</p>`
    }
    ${shown} ${omitted > 0 ? html`<p class="more">and ${grouped(omitted)} more</p>` : null}
  </section>`;
}

const times = (count: number): string => (count === 1 ? 'once' : `${grouped(count)} times`);

function judgement({ task, attempt, entry, verdict, tests, coverage, suites, ...found }: ReportJudgement): Markup {
  return html`<h3>
      ${stateBadge(verdict === 'pass' || verdict === 'flaky' ? 'pass' : 'fail')} ${clipped(verdict, 20)}
      <span>${clipped(task, 160)}, attempt ${grouped(attempt)}, entry ${grouped(entry)}</span>
    </h3>
    <p>
      ${grouped(tests.passed)} of ${counted(tests.total, 'test')} passed, ${grouped(tests.failed)} failed,
      ${grouped(tests.skipped)} skipped; ${percent(coverage)} of lines covered.
    </p>
    ${verdictTable(judgedSuites({ suites }))} ${mutants(found.mutants)} ${flakyTests(found.flaky)} ${rejections(found.rejections)}
    ${findings(found)}`;
}

function mutants(found: ReportJudgement['mutants']): Markup | null {
  if (found === null) return null;
  const { made, run, noticed } = found;
  return html`<p>${grouped(run)} of ${counted(made, 'mutant')} run, ${grouped(noticed)} noticed by tests.</p>`;
}

function flakyTests(names: readonly string[]): Markup | null {
  if (names.length === 0) return null;
  return html`<p>${counted(names.length, 'flaky test')}: failed, and passed when run again alone.</p>
    <ul>
      ${names.slice(0, 20).map((name) => html`<li>${clipped(name, 300)}</li>`)}
    </ul>`;
}

function rejections(rates: ReportJudgement['rejections']): Markup | null {
  if (rates.length === 0) return null;
  return html`<p>Values that were made by a schema and refused by it:</p>
    <ul>
      ${rates.slice(0, 50).map(({ schema, share }) => html`<li>${clipped(schema, 200)}: ${percent(share)}</li>`)}
    </ul>`;
}

function findings({ findings: list, found }: Pick<ReportJudgement, 'findings' | 'found'>): Markup | null {
  if (list.length === 0) return null;
  const { shown } = fitting(list, finding, FINDINGS);
  return html`<details>
    <summary>${counted(found, 'finding')}</summary>
    <ul>
      ${shown}
    </ul>
    ${found > shown.length ? html`<p class="more">and ${grouped(found - shown.length)} more</p>` : null}
  </details>`;
}

function finding({ code, level, path, line, message }: ReportJudgement['findings'][number]): Markup {
  const place = path === null ? '' : `${path}${line === null ? '' : `:${line}`} `;
  return html`<li>
    <b>${clipped(code, 40)}</b>${level === 'note' ? ' (note)' : ''} <code>${clipped(place, 200)}</code> ${clipped(message, 400)}
  </li>`;
}
