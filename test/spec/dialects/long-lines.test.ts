import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../../src/spec/build-graph.ts';
import { interpret } from '../../../src/spec/interpret.ts';
import { bundleOf } from '../bundle-of.ts';
import { cpuTime } from '../cpu-time.ts';

const BUNDLES = join(import.meta.dirname, '..', 'fixtures', 'bundles');
const LENGTH = 20_000;
/** Milliseconds for each file, of which it needs some ten. A pattern that looks at a line once for each of its characters needs them for one of the lines below. */
const TIME_LIMIT = 500;

const SIGNS = ' \t-*_`~#(（[✅→/.:：,=|"a1';
/** What a pattern may try to read in many ways when it is repeated. */
const REPEATED = [
  ...Array.from(SIGNS),
  '- ',
  '> ',
  '1.',
  '1. ',
  'a ',
  '[ ]',
  '- [ ] ',
  '**a',
  'T001 ',
  'T001,',
  '(P',
  '✅ ',
  '-> ',
  ': ',
  'to',
  'WP01 ',
  'FR-1 ',
  '<!--',
];

/** Where it may stand. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `${text}x`,
  (text) => `- [ ] 1.1 T001 ${text}x`,
  (text) => `## Task 1: ${text}x`,
  (text) => `### Requirement 1: ${text}x`,
  (text) => `  - **Depends on**: ${text}x`,
  (text) => `**Status**: ${text}x`,
  (text) => `- **FR-001**: ${text}x`,
  (text) => `${text}T001`,
  (text) => `${text}\`x`,
];

function filesOf(dialect: string): [string, string][] {
  const folder = join(BUNDLES, dialect);
  const paths = globSync(['**/*', '**/.*/**/*'], { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  return paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]);
}

describe.each(readdirSync(BUNDLES))('%s', (dialect) => {
  const files = filesOf(dialect).filter(([path]) => path.endsWith('.md'));

  it.skipIf(files.length === 0).each(FORMS.map((form) => [form('…'), form] as const))(
    'takes no longer over long lines than they are: %s',
    async (_, form) => {
      const lines = REPEATED.map((piece) => form(piece.repeat(LENGTH / piece.length)));
      const longer = Object.fromEntries(files.map(([path, text]) => [path, `${text}\n${lines.join('\n\n')}\n`]));
      const started = cpuTime();
      buildGraph(await interpret(bundleOf(longer)));
      expect(cpuTime() - started).toBeLessThan(TIME_LIMIT * files.length);
    },
  );
});
