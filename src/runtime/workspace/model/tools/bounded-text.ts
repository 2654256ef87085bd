import { grouped } from '../../../../base/text.ts';

/** Characters of one tool's answer that a model is given. */
export const OUTPUT_LIMIT = 30_000;

/** The beginning and the end of a long text: what a command says first and last tells most. */
export function boundedText(text: string, limit = OUTPUT_LIMIT): string {
  if (text.length <= limit) return text;
  const [head, tail] = [Math.floor(limit * 0.4), Math.floor(limit * 0.6)];
  return `${text.slice(0, head)}\n[… ${grouped(text.length - head - tail)} characters left out …]\n${text.slice(-tail)}`;
}
