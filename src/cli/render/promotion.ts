import { counted } from '../../base/text.ts';
import type { PromotionView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';

/** More steps than this are counted instead, but for a dry run, which says all. */
const MOST = 30;

export function renderPromotion(view: PromotionView, screen: Screen): string {
  const { paint } = screen;
  const { state, mission, target, steps, reason, url } = view;
  const head = {
    planned: `Would promote mission ${mission} to ${target}; it verifies, and its gate has passed it:\n`,
    done: `${paint.green('promoted')} mission ${mission} to ${target}\n`,
    waiting: `${paint.yellow('waiting')} to promote mission ${mission} to ${target}\n`,
  }[state];
  const shown = state === 'planned' ? steps : steps.filter((step) => step.state === 'done').slice(0, MOST);
  const lines = shown.map((step) => `  ${mark(step.state, state)} ${step.what}\n`).join('');
  return `${head}${lines}${summary(view, shown.length)}${url === null ? '' : `\n${paint.cyan(url)}\n`}${reason === null ? '' : `\n${reason}\n`}`;
}

function mark(step: PromotionView['steps'][number]['state'], state: PromotionView['state']): string {
  return step === 'open' ? '·' : state === 'planned' ? '✓' : '+';
}

function summary({ steps, state }: PromotionView, shown: number): string {
  const count = (of: PromotionView['steps'][number]['state']): number => steps.filter((step) => step.state === of).length;
  const hidden = state === 'planned' ? 0 : count('done') - shown;
  const parts = [
    hidden > 0 ? `and ${counted(hidden, 'more step')}` : '',
    count('before') > 0 ? `${counted(count('before'), 'step')} done before` : '',
    state !== 'planned' && count('open') > 0 ? `${counted(count('open'), 'step')} still to do` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  ${parts.join(', ')}\n`;
}
