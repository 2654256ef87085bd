import { counted } from '../../base/text.ts';
import type { EvidenceListView, EvidenceView } from '../../runtime/app/views.ts';
import type { EvidenceItem } from '../../runtime/vault/evidence-desk.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';
import { renderFacts } from './facts.ts';
import { painted } from './state.ts';

export function renderEvidenceList({ mission, items }: EvidenceListView, screen: Screen): string {
  if (items.length === 0) return `Mission ${mission} has no evidence yet.\n`;
  const columns = [
    { title: 'artifact', keep: true },
    { title: 'type' },
    { title: 'checked', paint: (text: string) => painted(text, screen.paint) },
    { title: 'path' },
    { title: 'task' },
  ];
  const rows = items.map((item) => [item.artifactId, item.type, item.validation ?? '', item.path, item.task]);
  return `${table(columns, rows, screen)}\n${counted(items.length, 'artifact')} of mission ${mission}\n`;
}

export function renderEvidence({ item, mission, statements, validations }: EvidenceView, screen: Screen): string {
  const { paint } = screen;
  const claims = statements.map(
    ({ seq, name, predicateType, bundle }) => [name, `entry ${seq}, ${predicateType}\n${bundle}`] as const,
  );
  return [
    `${paint.bold(item.path)} (${item.type})\n`,
    renderFacts([['artifact', item.artifactId], ['mission', mission], ...factsOf(item, screen)], screen),
    claims.length === 0 ? '' : `\nStatements:\n${renderFacts(claims, screen)}`,
    validations.length === 0
      ? ''
      : `\n${counted(validations.length, 'validation report')}:\n${validations.map((report) => `  ${JSON.stringify(report)}\n`).join('')}`,
  ].join('');
}

function factsOf(item: EvidenceItem, { paint }: Screen): (readonly [string, string])[] {
  return [
    ['task', item.task],
    ['checksum', item.checksum],
    ['uri', item.uri],
    ['reviewer', item.reviewer],
    ['checked', item.validation === null ? 'not yet' : painted(item.validation, paint)],
    ['coverage', item.coverage === null ? '' : `${percent(item.coverage)} by the tests of its own check`],
    ['entry', String(item.entries.artifact)],
  ];
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}
