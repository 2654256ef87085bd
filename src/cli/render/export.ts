import { counted, grouped } from '../../base/text.ts';
import type { ExportView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { renderFacts } from './facts.ts';
import { nearPath } from './mission.ts';

export function renderExport(view: ExportView, screen: Screen, { cwd }: { cwd: string }): string {
  const path = nearPath(view.path, cwd);
  const head = `${screen.paint.green('exported')} ${counted(view.files, 'file')}, ${grouped(view.bytes)} bytes\n`;
  const facts = renderFacts(
    [
      ['mission', view.mission],
      ['folder', path],
      ['signing key', view.keys.signing ?? 'none: an identity signed it'],
      ['log key', view.keys.log],
    ],
    screen,
  );
  return `${head}${facts}\nNext, here or on any other machine:\n  ${screen.paint.cyan(`spec-kit verify ${path}`)}\n`;
}
