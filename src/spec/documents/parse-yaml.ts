import { LineCounter } from 'yaml';

import type { JsonValue } from '../../base/json.ts';
import { readYaml } from './read-yaml.ts';

/** Many more aliases than anybody writes, and too few for a bomb. */
const MAX_ALIASES = 100;

/** A YAML or JSON text as a value, or the first thing that is wrong with it. Total: nothing that the text says makes it throw. */
export function parseYaml(text: string): { value: JsonValue } | { fault: string; line: number; column: number } {
  const lines = new LineCounter();
  try {
    const { document, fault } = readYaml(text, { lines });
    if (fault === undefined) return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue };
    const { line, col } = lines.linePos(fault.offset);
    return { fault: fault.message.replace(/ at line .*$/, ''), line, column: col };
  } catch {
    // The parser recurses: thousands of open brackets end its stack; and aliases may be too many.
    return { fault: 'It is nested too deeply, or has too many aliases', line: 1, column: 1 };
  }
}
