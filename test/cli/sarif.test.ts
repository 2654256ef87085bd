import { expect, it } from 'vitest';

import { sarifLog } from '../../src/cli/render/sarif.ts';
import type { Diagnostic } from '../../src/spec/diagnostics.ts';

const diagnostic: Diagnostic = {
  severity: 'info',
  code: 'SPEC_CONTEXT_FILE',
  message: 'Two files.',
  hint: '',
  file: 'docs/a b.md',
  line: 3,
  column: 1,
  files: ['docs/a b.md', 'docs/c.md'],
};
const log = sarifLog([diagnostic], { version: '1.2.3', locate: (file) => `specs/${file}` });

it('carries what to do, and no address that might not hold', () => {
  const [rule] = expectRun(log).tool.driver.rules;
  expect(rule).not.toHaveProperty('helpUri');
  expect(rule?.help.text).toContain(
    'Move what is specification into a file with another name. See docs/diagnostics.md#SPEC_CONTEXT_FILE.',
  );
  expect(rule?.help.markdown).toContain('**What to do:** Move');
});

it('names every file that a diagnostic speaks of', () => {
  const [result] = expectRun(log).results;
  const uris = [...(result?.locations ?? []), ...(result?.relatedLocations ?? [])].map(
    (each) => each.physicalLocation.artifactLocation.uri,
  );
  expect(uris).toEqual(['specs/docs/a%20b.md', 'specs/docs/c.md']);
});

interface Place {
  physicalLocation: { artifactLocation: { uri: string } };
}

interface Run {
  tool: { driver: { rules: { help: { text: string; markdown: string } }[] } };
  results: { locations: Place[]; relatedLocations?: Place[] }[];
}

function expectRun(document: object): Run {
  const { runs } = JSON.parse(JSON.stringify(document)) as { runs: Run[] };
  const [run] = runs;
  if (run === undefined) throw new Error('no run');
  return run;
}
