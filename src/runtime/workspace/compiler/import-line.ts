import { compareText } from '../../../base/text.ts';
import { stringLiteral } from './literal.ts';

/** An import on one line, or one name a line where it is too long. Names are sorted as given by their own spelling, `type` aside. */
export function importLine(names: readonly string[], from: string): string {
  const sorted = [...names].sort((a, b) => compareText(a.replace(/^type /, ''), b.replace(/^type /, '')));
  const onlyTypes = sorted.every((name) => name.startsWith('type '));
  const words = onlyTypes ? sorted.map((name) => name.slice(5)) : sorted;
  const head = onlyTypes ? 'import type' : 'import';
  const line = `${head} { ${words.join(', ')} } from ${stringLiteral(from)};`;
  return `${line.length <= 120 ? line : `${head} {\n${words.map((name) => `  ${name},\n`).join('')}} from ${stringLiteral(from)};`}\n`;
}
