import { WIDTH } from './layout.ts';
import { stringLiteral } from './literal.ts';

/** The last line of a stub's method: `return operation('Port.name', boundary, { value, handler });` */
export function returnOperation(name: string, value: string): string {
  const given = value === 'value' ? 'value' : `value: ${value}`;
  const head = `    return operation(${stringLiteral(name)}, boundary, {`;
  const line = `${head} ${given}, handler });`;
  return line.length <= WIDTH ? line : `${head}\n      ${given},\n      handler,\n    });`;
}
