import { oneLine } from './literal.ts';

/** Text in a table cell: one line, nothing that Markdown or HTML would take for its own. */
export function cell(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>|#]/g, '\\$&')
    .replaceAll('&', '&amp;');
}
