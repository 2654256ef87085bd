import type { ExplanationView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';
import { indented, renderFacts } from './facts.ts';
import { painted } from './state.ts';

export function renderExplanation(view: ExplanationView, screen: Screen): string {
  const { paint } = screen;
  const head = `${paint.bold(view.task)}: ${painted(view.state, paint)}\n${oneLine(view.because)}\n`;
  const compared = view.comparedWith === null ? '' : ` (against mission ${view.comparedWith})`;
  return [
    head,
    view.feedback === null ? '' : `\nFeedback:\n  ${indented(view.feedback, 2)}\n`,
    block(
      `Changed${compared}`,
      view.changes.map(({ input, before, after }) => [input, change(before, after)]),
      screen,
    ),
    block('Inputs', Object.entries(view.inputs), screen),
    block(
      'Needs',
      view.needs.map(({ task, because }) => [task, oneLine(because)]),
      screen,
    ),
    block(
      'Outputs',
      view.outputs.map(({ path, digest }) => [path, digest]),
      screen,
    ),
    block('Key', view.key === null ? [] : [['digest', view.key]], screen),
  ].join('');
}

function change(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `new: ${after ?? ''}`;
  return after === undefined ? `gone, was ${before}` : `${before}\n→ ${after}`;
}

function block(title: string, facts: readonly (readonly [string, string])[], screen: Screen): string {
  return facts.length === 0 ? '' : `\n${title}:\n${renderFacts(facts, screen)}`;
}
