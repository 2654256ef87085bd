import { html, type Markup, trusted } from './markup.ts';

/** Everything that has a mark: a colour and, for those who do not see it, a shape and a word. */
const SHAPES: Record<string, string> = {
  succeeded: '<circle class="f" cx="8" cy="8" r="7"/><path class="c" d="M4.7 8.3l2.3 2.3 4.4-4.9"/>',
  cached: '<path class="f" d="M8 .6 15.4 8 8 15.4.6 8z"/><path class="c" d="M5.2 8.2l2 2 3.6-4.1"/>',
  failed:
    '<path class="f" d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"/><path class="c" d="M5.4 5.4l5.2 5.2m0-5.2-5.2 5.2"/>',
  running: '<circle class="o" cx="8" cy="8" r="6.2"/><path class="f" d="M6.3 4.9 11.4 8l-5.1 3.1z"/>',
  waiting: '<circle class="o" cx="8" cy="8" r="6.2"/>',
  skipped: '<circle class="o" cx="8" cy="8" r="6.2"/><path class="o" d="M4.9 8h6.2"/>',
  cancelled: '<circle class="o" cx="8" cy="8" r="6.2"/><path class="o" d="M3.7 12.3l8.6-8.6"/>',
  interrupted: '<circle class="o" cx="8" cy="8" r="6.2"/><path class="o" d="M6.3 5.6v4.8m3.4-4.8v4.8"/>',
};

/** Other words for the same. */
const SAME: Record<string, string> = { pass: 'succeeded', fail: 'failed', pending: 'waiting', planned: 'waiting' };

export function shapeOf(state: string): string {
  const shape = SAME[state] ?? state;
  return Object.hasOwn(SHAPES, shape) ? shape : 'waiting';
}

/** Once in a page: the marks that `mark` refers to. */
export function markSymbols(): Markup {
  const symbols = Object.entries(SHAPES).map(([name, shape]) => `<symbol id="m-${name}" viewBox="0 0 16 16">${shape}</symbol>`);
  return trusted(`<svg class="defs" aria-hidden="true" width="0" height="0">${symbols.join('')}</svg>`);
}

/** The mark of a state, without its word. */
export function mark(state: string): Markup {
  const shape = shapeOf(state);
  return html`<svg class="mark s-${shape}" aria-hidden="true"><use href="#m-${shape}" /></svg>`;
}

/** The mark and the word. */
export function stateBadge(state: string, word = state): Markup {
  return html`<span class="state s-${shapeOf(state)}">${mark(state)}${word}</span>`;
}
