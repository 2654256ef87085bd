import type { Screen } from '../screen.ts';

/** Named values, one a line, indented, the names in a column; empty values are left out. */
export function renderFacts(facts: readonly (readonly [name: string, value: string])[], { paint }: Screen): string {
  const shown = facts.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `  ${paint.dim(name.padEnd(width))}  ${indented(value, width + 4)}\n`).join('');
}

/** `text` with every line after the first moved right. */
export function indented(text: string, columns: number): string {
  return text.trimEnd().replaceAll('\n', `\n${' '.repeat(columns)}`);
}
