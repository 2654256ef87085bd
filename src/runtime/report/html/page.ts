import { hexOf, sha256 } from '../../../base/digest.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import { moment } from '../../../base/times.ts';
import type { Report } from '../model/report.ts';
import { artifactsSection } from './artifacts.ts';
import { costSection } from './cost.ts';
import { judgementsSection } from './judgements.ts';
import { logSection } from './entries.ts';
import { graphSection } from './graph.ts';
import { headSection } from './head.ts';
import { clipped, html, type Markup, trusted } from './markup.ts';
import { milestonesSection } from './milestones.ts';
import { PAGE_HEAD } from './page-head.ts';
import { proofSection } from './proof.ts';
import { SCRIPT } from './script.ts';
import { markSymbols } from './state-mark.ts';
import { STYLE } from './style.ts';
import { tasksSection } from './tasks.ts';
import { timelineSection } from './timeline.ts';
import { verdictsSection } from './verdicts.ts';

const SECTIONS = [
  ['milestones', 'Milestones', milestonesSection],
  ['graph', 'Task graph', graphSection],
  ['timeline', 'Timeline', timelineSection],
  ['cost', 'Cost', costSection],
  ['verdicts', 'Verdicts', verdictsSection],
  ['qa', 'QA', judgementsSection],
  ['tasks', 'Tasks', tasksSection],
  ['artifacts', 'Artifacts', artifactsSection],
  ['proof', 'Proof', proofSection],
  ['log', 'Log', logSection],
] as const;

/** Nothing may be loaded, and nothing run but the two texts that are ours. */
const POLICY = [
  "default-src 'none'",
  `style-src '${hashSource(STYLE)}'`,
  `script-src '${hashSource(SCRIPT)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashSource(text: string): string {
  return `sha256-${Buffer.from(hexOf(sha256(text)), 'hex').toString('base64')}`;
}

/** Whole, since the digests are of all that stands between the tags. */
const STYLE_ELEMENT = trusted(`<style>${STYLE}</style>`);
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</script>`);

/** A report as one HTML file that needs nothing else: no server, no network, no script. The same report makes the same bytes. */
export function reportPage(report: Report): string {
  return `${PAGE_HEAD}${page(report).text}\n`;
}

function page(report: Report): Markup {
  const { mission, asOf } = report;
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="generator" content="agentnexus ${PRODUCT_VERSION}" />
      <title>${clipped(mission.specification.title, 120)}: mission ${mission.state}</title>
      <link rel="icon" href="data:," />
      ${STYLE_ELEMENT}
    </head>
    <body>
      <a class="skip" href="#milestones">Skip to the report</a>
      ${markSymbols()}
      <main>
        ${headSection(report)}
        <nav aria-label="Sections">
          <ul>
            ${SECTIONS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        ${SECTIONS.map(([, , section]) => section(report))}
      </main>
      <footer>
        <p>
          Made by AgentNexus ${PRODUCT_VERSION} from entry ${asOf.entry} of the log, ${moment(asOf.at)}, and those before it. The
          same log makes the same page.
        </p>
      </footer>
      ${SCRIPT_ELEMENT}
    </body>
  </html>`;
}
