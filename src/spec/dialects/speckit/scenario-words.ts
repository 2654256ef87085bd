import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';

function firstWords(text: string): string {
  return normalWords(text.slice(0, 60).replaceAll(/[*_`]/g, ''));
}

/** Whether a text begins a scenario. */
export function isGiven(text: string): boolean {
  return leadingKeyword(firstWords(text), 'given') > 0 && (/^[*_]/.test(text) || leadsToWhen(text));
}

/** `Given` may begin any sentence: a scenario goes on with `when` or `then`. */
function leadsToWhen(text: string): boolean {
  return says(text, 'when') || says(text, 'outcome');
}

/** Whether a text goes on with one. */
export function isContinued(text: string): boolean {
  const words = firstWords(text);
  return /^[*_]/.test(text) && (['when', 'outcome', 'and'] as const).some((keyword) => leadingKeyword(words, keyword) > 0);
}
