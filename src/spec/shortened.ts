const MAX_NAME = 72;

/** The beginning of a text, cut between words, for lists and titles. */
export function shortened(text: string): string {
  if (text.length <= MAX_NAME) return text.replace(/[.。]$/, '');
  const cut = text.slice(0, MAX_NAME);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), MAX_NAME / 2)).trimEnd()} …`;
}
