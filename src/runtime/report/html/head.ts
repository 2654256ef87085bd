import { counted, grouped } from '../../../base/text.ts';
import { duration, moment } from '../../../base/times.ts';
import type { Report, ReportRun } from '../model/report.ts';
import { clipped, type Content, html, type Markup } from './markup.ts';
import { stateBadge } from './state-mark.ts';

/** What it was, how it ended, and the figures that people ask for first. */
export function headSection(report: Report): Markup {
  const { mission, gate } = report;
  return html`<header>
    <p class="eyebrow">AgentNexus run report</p>
    <h1>${clipped(mission.specification.title, 200)}</h1>
    <p class="verdict">${stateBadge(mission.state, `Mission ${mission.state}`)} ${stateBadge(gate.result, GATE[gate.result])}</p>
    <p class="objective">${clipped(mission.objective, 400)}</p>
    ${reasons(report)}
    <dl class="figures">${figures(report).map(([name, value, note]) => figure(name, value, note))}</dl>
    <details class="facts">
      <summary>Identity of this run</summary>
      <dl>
        ${facts(report).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </details>
  </header>`;
}

const GATE = { pass: 'Gate passed', fail: 'Gate denied', pending: 'Gate not asked' } as const;

function reasons({ mission, gate }: Report): Markup | null {
  const all = [...(mission.reason === null ? [] : [mission.reason]), ...gate.reasons];
  if (all.length === 0) return null;
  const rest = all.length - MOST_REASONS;
  return html`<ul class="reasons" aria-label="Reasons">
    ${all.slice(0, MOST_REASONS).map((reason) => html`<li>${clipped(reason, 500)}</li>`)}
    ${rest > 0 ? html`<li>and ${grouped(rest)} more</li>` : null}
  </ul>`;
}

const MOST_REASONS = 12;

function figures(report: Report): [name: string, value: string, note: string][] {
  const { counts, cost, checks, artifacts, statements } = report;
  const settled = counts.total - counts.waiting - counts.running;
  const passed = checks.reduce((sum, check) => sum + (check.passed ?? 0), 0);
  const failed = checks.reduce((sum, check) => sum + (check.failed ?? 0), 0);
  const stops = report.runs.length > 1 ? `in ${counted(report.runs.length, 'run')}` : '';
  return [
    ['Tasks settled', `${grouped(settled)} / ${grouped(counts.total)}`, taskNote(counts)],
    ['Time', duration(cost.active), stops],
    [
      'Tests',
      grouped(passed + failed),
      failed === 0 ? (passed === 0 ? 'none run yet' : 'all passed') : `${grouped(failed)} failed`,
    ],
    ['Artifacts', grouped(artifacts.length), 'each with its digest'],
    ['Statements', grouped(statements.length), 'signed, in the log'],
  ];
}

function taskNote({ succeeded, cached, failed, skipped, cancelled, running }: Report['counts']): string {
  const parts = [
    [succeeded, 'run'],
    [cached, 'cached'],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [cancelled, 'cancelled'],
    [running, 'running'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${grouped(count)} ${what}`)
    .join(', ');
}

export function figure(name: string, value: string, note: string): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}${note === '' ? null : html`<small>${note}</small>`}</dd>
  </div>`;
}

const NOT_YET: Readonly<Record<ReportRun['ended'], string>> = {
  finished: '',
  running: '',
  waiting: '; it waits',
  interrupted: '; the last run was interrupted',
  lost: '; the last run was lost',
};

function facts({ mission, asOf, runs }: Report): [string, Content][] {
  const { specification, finishedAt, head } = mission;
  const last = runs.at(-1)?.ended;
  const end = finishedAt === null ? `not yet${last === undefined ? '' : NOT_YET[last]}` : time(finishedAt);
  return [
    ['Mission', html`<code>${mission.id}</code>`],
    ['Priority', mission.priority],
    [
      'Specification',
      html`${clipped(specification.id, 200)} (${specification.dialect})<br /><code>${specification.digest}</code>`,
    ],
    ['Source', html`<code>${clipped(mission.originatingSpec, 400)}</code>`],
    ['Task graph', html`<code>${mission.graph}</code>`],
    ['Product', head === null ? 'none yet' : html`<code>${head}</code>`],
    ...repositoryFacts(mission),
    ['Started', time(mission.startedAt)],
    ['Finished', end],
    ['Made from', html`${counted(asOf.entries, 'entry', 'entries')} of the log; the last is ${asOf.entry}, of ${time(asOf.at)}`],
  ];
}

function repositoryFacts({ base, result }: Report['mission']): [string, Content][] {
  const started: [string, Content][] = base === null ? [] : [['Started from', html`<code>${clipped(base.uri, 400)}</code>`]];
  if (result === null) return started;
  const place = result.branch === null ? (result.reason ?? 'no branch moved yet') : `branch ${result.branch}`;
  return [
    ...started,
    ['Result', html`<code>${result.commit}</code><br />${clipped(place, 400)}<br /><code>${result.ref}</code>`],
  ];
}

function time(at: string): Markup {
  return html`<time datetime="${at}">${moment(at)}</time>`;
}
