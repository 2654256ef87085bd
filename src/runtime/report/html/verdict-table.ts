import type { VerdictTable } from '../model/verdict-table.ts';
import { clipped, html, type Markup } from './markup.ts';
import { stateBadge } from './state-mark.ts';

export function verdictTable({ figures, rows }: VerdictTable): Markup {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Suite</th>
          <th scope="col">Verdict</th>
          ${figures.map((name) => html`<th scope="col" class="n">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${clipped(row.suite, 100)}</th>
              <td>${stateBadge(row.verdict)}</td>
              ${row.figures.map((figure) => html`<td class="n">${figure}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
