import { counted, grouped } from '../../base/text.ts';
import type { PublicationView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { renderFacts } from './facts.ts';

export function renderPublication(view: PublicationView, screen: Screen): string {
  const { origin, target, size, before, files, witnesses } = view;
  const fresh = size === before ? 'nothing new' : counted(size - before, 'new entry', 'new entries');
  const facts = renderFacts(
    [
      ['log', origin],
      ['entries', `${grouped(size)}, ${fresh}`],
      ['written', counted(files, 'file')],
      ['witnesses', witnesses.join(', ')],
    ],
    screen,
  );
  return `${screen.paint.green('published')} to ${target}\n${facts}`;
}
