import { counted } from '../../../base/text.ts';
import { moment } from '../../../base/times.ts';
import type { Report, ReportEntry } from '../model/report.ts';
import { clipped, html, type Markup } from './markup.ts';

/** The mission's entries, or the first and the last of them. */
export function logSection({ log, asOf, mission }: Report): Markup {
  const { first, omitted, last } = log;
  const gap = html`<tr>
    <td colspan="5" class="more">${counted(omitted, 'entry', 'entries')} between not shown</td>
  </tr>`;
  return html`<section id="log" aria-labelledby="log-h">
    <h2 id="log-h">Log</h2>
    <p class="lead">
      ${counted(asOf.entries, 'entry', 'entries')} of this mission. <code>spec-kit logs ${mission.id}</code> prints all of them.
    </p>
    <details>
      <summary>${omitted > 0 ? 'The first and the last entries' : 'All entries'}</summary>
      <div class="scroll">
        <table class="log">
          <thead>
            <tr>
              <th scope="col" class="n">Entry</th>
              <th scope="col">Time</th>
              <th scope="col">Kind</th>
              <th scope="col">Task</th>
              <th scope="col">Data</th>
            </tr>
          </thead>
          <tbody>
            ${first.map(entryRow)} ${omitted > 0 ? gap : null} ${last.map(entryRow)}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}

function entryRow({ seq, at, kind, task, data }: ReportEntry): Markup {
  return html`<tr>
    <td class="n">${seq}</td>
    <td>${moment(at)}</td>
    <td>${clipped(kind, 60)}</td>
    <td>${clipped(task ?? '', 120)}</td>
    <td><code>${clipped(data, 300)}</code></td>
  </tr>`;
}
