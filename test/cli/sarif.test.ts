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

it('names a place outside of the repository by a whole address', () => {
  const uriAt = (shown: string): string | undefined =>
    expectRun(sarifLog([diagnostic], { version: '1.2.3', locate: () => shown })).results[0]?.locations[0]?.physicalLocation
      .artifactLocation.uri;
  expect(uriAt('/home/a b/c#.md')).toBe('file:///home/a%20b/c%23.md');
  expect(uriAt('https://example.com/a.zip/b c.md')).toBe('https://example.com/a.zip/b%20c.md');
});

it('knows a finding again after lines have moved, and tells its like apart', () => {
  const prints = (...lines: number[]): (string | undefined)[] =>
    expectRun(
      sarifLog(
        lines.map((line) => ({ ...diagnostic, message: `As on line ${line - 1}.`, line })),
        { version: '1.2.3', locate: (file) => file },
      ),
    ).results.map(({ partialFingerprints }) => partialFingerprints['specKit/v1']);
  expect(prints(13, 17)).toEqual(prints(3, 7));
  expect(new Set(prints(3, 7)).size).toBe(2);
});

it('names no more places than services take', () => {
  const files = Array.from({ length: 3000 }, (_, at) => `docs/${at}.md`);
  const [result] = expectRun(sarifLog([{ ...diagnostic, files }], { version: '1.2.3', locate: (file) => file })).results;
  expect(result?.relatedLocations?.length).toBe(100);
});

it('leaves the lightest out of what is more than services take, and says so', () => {
  const many = Array.from({ length: 30_000 }, (_, at) => ({ ...diagnostic, line: at + 1 }));
  const grave = { ...diagnostic, severity: 'error' as const, line: 40_000 };
  const { results, invocations } = expectRun(sarifLog([...many, grave], { version: '1.2.3', locate: (file) => file }));
  expect(results).toHaveLength(25_000);
  expect(results.at(-1)).toMatchObject({ level: 'error' });
  expect(JSON.stringify(invocations)).toContain('5001 more findings');
  expect(expectRun(log).invocations).toBeUndefined();
});

interface Place {
  physicalLocation: { artifactLocation: { uri: string } };
}

interface Run {
  invocations?: object[];
  tool: { driver: { rules: { help: { text: string; markdown: string } }[] } };
  results: { locations: Place[]; relatedLocations?: Place[]; partialFingerprints: Record<string, string> }[];
}

function expectRun(document: object): Run {
  const { runs } = JSON.parse(JSON.stringify(document)) as { runs: Run[] };
  const [run] = runs;
  if (run === undefined) throw new Error('no run');
  return run;
}
