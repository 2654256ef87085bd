import { describe, expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import { type Diagnostic, type DiagnosticCode, DIAGNOSTICS } from '../../../src/spec/diagnostics.ts';
import { applyLevels } from '../../../src/spec/levels/level-rules.ts';
import { pathGlob } from '../../../src/spec/levels/path-glob.ts';
import { readLevels } from '../../../src/spec/levels/read-levels.ts';

function diagnostic(code: DiagnosticCode, file = 'spec.md'): Diagnostic {
  return { severity: DIAGNOSTICS[code].severity, code, message: '', hint: '', file, line: 1, column: 1 };
}

const rules = (...lines: string[]) =>
  readLevels(['validate:', ...lines.map((line) => `  ${line}`), ''].join('\n'), '.agentnexus.yaml');

function told(diagnostics: Diagnostic[], config: Parameters<typeof applyLevels>[1], options = {}): string[] {
  return applyLevels(diagnostics, config, options).diagnostics.map(({ code, severity, file }) => `${code} ${severity} ${file}`);
}

describe('levels', () => {
  const party = diagnostic('SPEC_PARTY_UNKNOWN');
  const old = diagnostic('SPEC_PARTY_UNKNOWN', 'legacy/a/spec.md');

  it('are what they are without a configuration', () => {
    expect(told([party, old], undefined)).toEqual([
      'SPEC_PARTY_UNKNOWN warning spec.md',
      'SPEC_PARTY_UNKNOWN warning legacy/a/spec.md',
    ]);
    expect(told([party], readLevels('', 'x'))).toEqual(['SPEC_PARTY_UNKNOWN warning spec.md']);
    expect(told([party], readLevels('# nothing\nvalidate:\n', 'x'))).toEqual(['SPEC_PARTY_UNKNOWN warning spec.md']);
  });

  it('are set by code, and by path for some files; the last that fits counts', () => {
    const config = rules(
      'levels: { SPEC_PARTY_UNKNOWN: error }',
      'overrides:',
      '  - { paths: ["legacy/**"], levels: { SPEC_PARTY_UNKNOWN: info } }',
      '  - { paths: ["legacy/b/**", "*.txt"], levels: { SPEC_PARTY_UNKNOWN: off } }',
      '  - { paths: ["legacy/**"], levels: { SPEC_TITLE_MISSING: off } }',
    );
    expect(told([party, old, diagnostic('SPEC_PARTY_UNKNOWN', 'legacy/b/x.md')], config)).toEqual([
      'SPEC_PARTY_UNKNOWN error spec.md',
      'SPEC_PARTY_UNKNOWN info legacy/a/spec.md',
    ]);
    expect(applyLevels([party, diagnostic('SPEC_PARTY_UNKNOWN', 'legacy/b/x.md')], config).off).toBe(1);
  });

  it('of one diagnostic for many files are the gravest of them', () => {
    const config = rules(
      'overrides:',
      '  - { paths: ["docs/**"], levels: { SPEC_CONTEXT_FILE: off } }',
      '  - { paths: ["docs/b.md"], levels: { SPEC_CONTEXT_FILE: warning } }',
    );
    const speaking = (...files: string[]): Diagnostic => ({ ...diagnostic('SPEC_CONTEXT_FILE', files[0]), files });
    expect(told([speaking('docs/a.md', 'docs/b.md')], config)).toEqual(['SPEC_CONTEXT_FILE warning docs/a.md']);
    expect(told([speaking('docs/a.md', 'notes/c.md')], config)).toEqual(['SPEC_CONTEXT_FILE info docs/a.md']);
    expect(told([speaking('docs/a.md', 'docs/c.md')], config)).toEqual([]);
  });

  it('see a bundle that lies below the configuration under its whole path', () => {
    const config = rules('overrides:', '  - { paths: ["specs/a/**"], levels: { SPEC_PARTY_UNKNOWN: off } }');
    expect(told([party], config, { folder: 'specs/a' })).toEqual([]);
    expect(told([party], config, { folder: 'specs/b' })).toHaveLength(1);
  });

  it('leave an error that a mission cannot start with a fault, and make one of what is raised', () => {
    const config = rules('levels: { SPEC_CYCLE: off, SPEC_TITLE_MISSING: error }');
    const { diagnostics, faults } = applyLevels([diagnostic('SPEC_CYCLE'), diagnostic('SPEC_TITLE_MISSING'), party], config);
    expect(diagnostics.map(({ code }) => code)).toEqual(['SPEC_TITLE_MISSING', 'SPEC_PARTY_UNKNOWN']);
    expect(faults.map(({ code, severity }) => [code, severity])).toEqual([
      ['SPEC_CYCLE', 'error'],
      ['SPEC_TITLE_MISSING', 'error'],
    ]);
    expect(applyLevels([party], undefined, { strict: true }).faults).toHaveLength(1);
    expect(applyLevels([party], rules('levels: { SPEC_PARTY_UNKNOWN: info }'), { strict: true }).faults).toEqual([]);
  });
});

describe('a configuration that is wrong', () => {
  function failure(text: string): NexusError {
    try {
      readLevels(text, 'x.yaml');
    } catch (error) {
      if (error instanceof NexusError) return error;
      throw error;
    }
    throw new Error('it was read');
  }

  it.each([
    [
      'an unknown code',
      'validate:\n  levels:\n    SPEC_CYCEL: off\n',
      3,
      5,
      'no diagnostic `SPEC_CYCEL`',
      'Did you mean `SPEC_CYCLE`?',
    ],
    ['an unknown level', 'validate:\n  levels:\n    SPEC_CYCLE: warn\n', 3, 17, 'no such level', 'off, info, warning and error'],
    ['an unknown key', 'validate:\n  level: {}\n', 2, 3, 'key `level` is not known', 'Did you mean `levels`?'],
    ['an unknown part', 'validat: {}\n', 1, 1, 'key `validat` is not known', 'Did you mean `validate`?'],
    ['no paths', 'validate:\n  overrides:\n    - levels: {}\n', 3, 7, '`paths` is missing', 'legacy/**'],
    ['no list', 'validate:\n  overrides: 1\n', 2, 14, 'not a list', '-'],
    ['a path of another kind', 'validate:\n  overrides:\n    - paths: [1]\n', 3, 15, 'not a text', 'quotes'],
    ['no mapping', '- a\n', 1, 1, 'mapping is wanted', 'key: value'],
    ['no YAML', 'validate: [\n', 2, 1, 'no YAML', 'Correct'],
    ['a key twice', 'validate: {}\nvalidate: {}\n', 2, 1, 'no YAML', 'Correct'],
  ])('%s', (_, text, line, column, message, hint) => {
    const { code, message: said, hint: tip, details } = failure(text);
    expect(code).toBe('CONFIG_INVALID');
    expect(said).toContain(message);
    expect(tip).toContain(hint);
    expect(details).toMatchObject({ file: 'x.yaml', line, column });
  });

  it('is told with all its faults', () => {
    const { message, details } = failure('validate:\n  levels:\n    A: off\n    B: off\n');
    expect(message).toContain('1 more fault');
    expect(details?.['faults']).toHaveLength(2);
  });
});

describe('globs', () => {
  it.each<[string, string[], string[]]>([
    ['legacy/**', ['legacy/a.md', 'legacy/a/b.md'], ['legacy.md', 'x/legacy/a.md']],
    ['legacy/', ['legacy/a/b.md'], ['legacy']],
    ['*.md', ['a.md', 'x/y/a.md'], ['a.mdx', 'a.md/b']],
    ['specs/*/tasks.md', ['specs/1/tasks.md'], ['specs/1/2/tasks.md', 'specs/tasks.md']],
    ['specs/**/tasks.md', ['specs/1/2/tasks.md', 'specs/tasks.md'], ['specs/1/xtasks.md']],
    ['./a?.md', ['ab.md'], ['a.md', 'x/ab.md']],
    ['{a,b}/c.{md,yaml}', ['a/c.md', 'b/c.yaml'], ['c/c.md', 'a/c.json']],
    ['a+(b).md', ['a+(b).md'], ['aab.md']],
    ['状态/**', ['状态/a.md'], ['a/状态.md']],
  ])('%s', (pattern, yes, no) => {
    const matches = pathGlob(pattern);
    expect(yes.filter((path) => !matches(path))).toEqual([]);
    expect(no.filter(matches)).toEqual([]);
  });
});
