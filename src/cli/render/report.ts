import { counted, grouped } from '../../base/text.ts';
import type { ReportView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { renderFacts } from './facts.ts';
import { nearPath } from './mission.ts';
import { painted } from './state.ts';

const OPENED_WITH: Record<string, string> = {
  html: 'Open it in any browser; it needs no network.',
  trace: 'Open it at https://ui.perfetto.dev or in chrome://tracing.',
  json: 'Its schema is schemas/cli/report.schema.json.',
};

export function renderReport(view: ReportView, { paint, ...screen }: Screen, { cwd }: { cwd: string }): string {
  const { written, mission, counts, asOf } = view;
  if (written === undefined) return '';
  const facts = renderFacts(
    [
      ['mission', mission.id],
      ['state', painted(mission.state, paint)],
      ['tasks', grouped(counts.total)],
      ['made from', `${counted(asOf.entries, 'entry', 'entries')} of the log`],
      ['file', nearPath(written.path, cwd)],
    ],
    { paint, ...screen },
  );
  return `${paint.green('reported')} ${paint.bold(mission.specification.title)}, ${grouped(written.bytes)} bytes\n${facts}${OPENED_WITH[written.format]}\n`;
}
