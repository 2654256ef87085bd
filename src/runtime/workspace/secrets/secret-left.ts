import type { OutputFile } from '../agent.ts';
import type { Redactor } from './redactor.ts';

/**
 * Which secret an agent has left where, if any. In a product it would be published with it, and taking it out would leave what nobody has made: so none of
 * what was left is kept.
 */
export function secretLeft(files: readonly OutputFile[], redactor: Redactor): string | undefined {
  if (redactor.isEmpty) return undefined;
  for (const { path, content } of files) {
    const [name] = [...redactor.found(path), ...redactor.found(content)];
    if (name !== undefined) return `Left the secret ${name} in ${redactor.text(path)}.`;
  }
  return undefined;
}
