import { counted, grouped } from '../../../base/text.ts';
import type { Report, ReportArtifact, ReportStatement } from '../model/report.ts';
import { percent } from '../model/verdict-table.ts';
import { clipped, fitting, html, type Markup } from './markup.ts';
import { stateBadge } from './state-mark.ts';

const ARTIFACTS = { most: 1500, characters: 1_200_000 };
const STATEMENTS = { most: 800, characters: 500_000 };
const OPEN = 40;
const MOST_ENTRIES = 6;

/** What came out, and what is signed about it. */
export function artifactsSection({ artifacts, statements }: Report): Markup {
  const bytes = artifacts.reduce((sum, { size }) => sum + size, 0);
  return html`<section id="artifacts" aria-labelledby="artifacts-h">
    <h2 id="artifacts-h">Artifacts and evidence</h2>
    <p class="lead">
      ${counted(artifacts.length, 'artifact')}, ${counted(bytes, 'byte')}; ${counted(statements.length, 'signed statement')}.
      Numbers are positions in the log:
      <code>spec-kit ledger prove N</code> prints the proof that entry N is in it.
    </p>
    ${artifacts.length === 0 ? null : artifactTable(artifacts)} ${statements.length === 0 ? null : statementTable(statements)}
  </section>`;
}

function artifactTable(artifacts: readonly ReportArtifact[]): Markup {
  const { shown, omitted } = fitting(artifacts, artifactRow, ARTIFACTS);
  const body = html`<summary><b>Artifacts</b> <span>${grouped(artifacts.length)}</span></summary>
    <p class="filter" hidden>
      <label>Show artifacts with <input type="search" data-filter="#artifacts-t tr" placeholder="a part of a path" /></label>
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Artifact</th>
            <th scope="col">Checked</th>
            <th scope="col" class="n">Covered</th>
            <th scope="col" class="n">Bytes</th>
            <th scope="col" class="n">Entry</th>
            <th scope="col">Statements</th>
          </tr>
        </thead>
        <tbody id="artifacts-t">
          ${shown}
        </tbody>
      </table>
    </div>
    ${omitted > 0 ? html`<p class="more">${counted(omitted, 'artifact')} not shown; <code>spec-kit evidence list</code> lists all</p>` : null}`;
  return artifacts.length <= OPEN ? html`<details open>${body}</details>` : html`<details>${body}</details>`;
}

function artifactRow({ path, checksum, type, task, validation, coverage, size, entries }: ReportArtifact): Markup {
  return html`<tr>
    <td>
      <code>${clipped(path, 240)}</code><br /><small class="digest">${checksum}</small><br /><small
        >${type}, by ${clipped(task, 120)}</small
      >
    </td>
    <td>${validation === null ? '–' : stateBadge(validation)}</td>
    <td class="n">${coverage === null ? '–' : percent(coverage)}</td>
    <td class="n">${grouped(size)}</td>
    <td class="n">${entries.artifact}</td>
    <td>${listed(entries.statements)}</td>
  </tr>`;
}

function listed(entries: readonly number[]): string {
  if (entries.length === 0) return '–';
  const left = entries.length - MOST_ENTRIES;
  return `${entries.slice(0, MOST_ENTRIES).join(', ')}${left > 0 ? ` and ${grouped(left)} more` : ''}`;
}

function statementTable(statements: readonly ReportStatement[]): Markup {
  const { shown, omitted } = fitting(statements, statementRow, STATEMENTS);
  return html`<details>
    <summary><b>Statements</b> <span>${grouped(statements.length)}</span></summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="n">Entry</th>
            <th scope="col">Statement</th>
            <th scope="col" class="n">Subjects</th>
            <th scope="col">Sigstore bundle</th>
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

function statementRow({ entry, name, predicateType, subjects, bundle }: ReportStatement): Markup {
  return html`<tr>
    <td class="n">${entry}</td>
    <td><code>${clipped(name, 160)}</code><br /><small>${clipped(predicateType, 160)}</small></td>
    <td class="n">${grouped(subjects)}</td>
    <td><small class="digest">${bundle}</small></td>
  </tr>`;
}
