import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DIAGNOSTICS } from '../../src/spec/diagnostics.ts';
import { LEVELS } from '../../src/spec/levels/level-rules.ts';
import type { GeneratedFile } from './generated-file.ts';

const DOCS = 'docs/diagnostics.md';
const CONFIG = 'schemas/files/agentnexus.schema.json';

/** What follows from the list of diagnostics: an anchor for each in their page, and the codes in the schema of the configuration. */
export async function diagnosticFiles(root: string): Promise<GeneratedFile[]> {
  const docs = await readFile(join(root, DOCS), 'utf8');
  const schema = JSON.parse(await readFile(join(root, CONFIG), 'utf8')) as { $defs: Record<string, unknown> };
  schema.$defs['levels'] = levels();
  return [
    { path: DOCS, content: withAnchors(docs) },
    { path: CONFIG, content: `${formatted(schema)}\n` },
  ];
}

/** As the formatter would have it: short lists on one line. */
function formatted(schema: object): string {
  return JSON.stringify(schema, null, 2).replace(
    /\[\n\s+("[^"\n]*"(?:,\n\s+"[^"\n]*")*)\n\s+\]/g,
    (_, items: string) => `[${items.replace(/\n\s+/g, ' ')}]`,
  );
}

/** `| `CODE` |` becomes `| <a id="CODE"></a>`CODE` |`. */
function withAnchors(text: string): string {
  return text.replace(/^\| (?:<a id="\w+"><\/a>)?`([A-Z_]+)` \|/gm, '| <a id="$1"></a>`$1` |');
}

function levels(): object {
  const codes = Object.entries(DIAGNOSTICS).map(([code, { severity, summary }]) => [
    code,
    { $ref: '#/$defs/level', description: summary, default: severity },
  ]);
  return {
    description: `Levels of diagnostics by their codes: ${LEVELS.join(', ')}.`,
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(codes),
  };
}
