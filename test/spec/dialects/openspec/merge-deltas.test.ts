import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { changeConflicts } from '../../../../src/spec/dialects/openspec/change-conflicts.ts';
import { mergeDeltas, type MergeResult } from '../../../../src/spec/dialects/openspec/merge-deltas.ts';

const SPEC = `# auth Specification

## Purpose
How people prove who they are to the shop, and how long that holds.

## Requirements

### Requirement: Login
The system SHALL ask for a password.

#### Scenario: Right password
- **THEN** the door opens

#### Scenario: Wrong password
- **THEN** it stays shut

### Requirement: Logout
The system SHALL forget the session.

#### Scenario: Out
- **THEN** the door shuts

## Notes

Kept.
`;

function requirement(name: string, ...scenarios: string[]): string {
  const written = scenarios.map((each) => `\n#### Scenario: ${each}\n- **THEN** it holds\n`).join('');
  return `### Requirement: ${name}\nThe system SHALL ${name}.\n${written}`;
}

function merged(delta: string, current: string | undefined = SPEC): MergeResult {
  return mergeDeltas({ capability: 'auth', change: 'add-x', delta, current });
}

function conflictsOf(delta: string, current: string | undefined = SPEC): string[] {
  const { conflicts, text } = merged(delta, current);
  expect(text).toBeUndefined();
  return conflicts.map(({ line, message }) => `${line}: ${message}`);
}

describe('the merge of a delta', () => {
  it('adds at the end of the requirements, and leaves everything else as it is', () => {
    const { text, counts } = merged(`## ADDED Requirements\n${requirement('Badges', 'Shown')}`);
    expect(text).toBe(SPEC.replace('\n## Notes', `\n${requirement('Badges', 'Shown')}\n## Notes`));
    expect(counts).toEqual({ added: 1, modified: 0, removed: 0, renamed: 0 });
  });

  it('replaces a modified requirement as a whole, where it stands', () => {
    const { text } = merged(`## MODIFIED Requirements\n${requirement('Login', 'Right password', 'Wrong password', 'Third')}`);
    expect(text?.indexOf('Third')).toBeLessThan(text?.indexOf('Requirement: Logout') ?? 0);
    expect(text).not.toContain('ask for a password');
  });

  it('refuses a modified requirement that leaves out a scenario, one of two equals too', () => {
    expect(conflictsOf(`## MODIFIED Requirements\n${requirement('Login', 'Right password')}`)).toEqual([
      '2: `Login` would lose 1 scenario of the living spec: `Wrong password`.',
    ]);
    const twice = SPEC.replace('Wrong password', 'Right password');
    expect(conflictsOf(`## MODIFIED Requirements\n${requirement('Login', 'Right password')}`, twice)).toHaveLength(1);
  });

  it('renames first, so that what follows means the new name', () => {
    const delta = [
      '## MODIFIED Requirements',
      requirement('Sign-in', 'Right password', 'Wrong password'),
      '## RENAMED Requirements',
      '- FROM: `### Requirement: Login`',
      '- TO: `### Requirement: Sign-in`',
    ].join('\n');
    const { text, counts } = merged(delta);
    expect(text).toContain('### Requirement: Sign-in\nThe system SHALL Sign-in.');
    expect(text?.indexOf('Sign-in')).toBeLessThan(text?.indexOf('Logout') ?? 0);
    expect(counts).toEqual({ added: 0, modified: 1, removed: 0, renamed: 1 });
    expect(conflictsOf(delta.replace('Requirement: Sign-in\nThe', 'Requirement: Login\nThe'))[0]).toContain('under its new name');
  });

  it('removes by heading and by bullet, before it adds', () => {
    const delta = `## REMOVED Requirements\n* \`### Requirement: Logout\`\n### Requirement: Login\n**Reason**: gone\n## ADDED Requirements\n${requirement('logout', 'Out')}`;
    const { text, counts } = merged(delta);
    expect(text).not.toContain('Requirement: Login');
    expect(text).toContain('Requirement: logout');
    expect(counts).toEqual({ added: 1, modified: 0, removed: 2, renamed: 0 });
  });

  it('tells names apart by case, and refuses those that differ in nothing else', () => {
    expect(conflictsOf(`## MODIFIED Requirements\n${requirement('login', 'Right password')}`)).toEqual([
      '2: There is no `login` to modify, but `Login`.',
    ]);
    expect(conflictsOf(`## ADDED Requirements\n${requirement('LOGIN', 'A')}`)).toEqual([
      '2: `Login` differs from `LOGIN` only in case or blanks.',
    ]);
    expect(conflictsOf('## REMOVED Requirements\n### Requirement: logout')).toEqual([
      '2: There is no `logout` to remove, but `Logout`.',
    ]);
  });

  it('takes closing marks, byte order marks and CRLF for nothing', () => {
    const delta =
      `\u{FEFF}## modified requirements\n${requirement('Login ##', 'Right password ####', 'Wrong password')}`.replaceAll(
        '\n',
        '\r\n',
      );
    const { text, conflicts } = merged(delta, `\u{FEFF}${SPEC.replaceAll('\n', '\r\n')}`);
    expect(conflicts).toEqual([]);
    expect(text).not.toContain('\r');
    expect(text).not.toContain('\u{FEFF}');
  });

  it('does not look into code', () => {
    const { text } = merged(
      `## ADDED Requirements\n${requirement('Code', 'A')}\n\`\`\`md\n## Notes\n### Requirement: Login\n\`\`\`\n`,
    );
    expect(text?.match(/Requirement: Code/g)).toHaveLength(1);
    expect(text).toContain('```md\n## Notes\n### Requirement: Login\n```');
  });

  it('begins a living spec with the purpose of the delta, or a placeholder', () => {
    const added = `## ADDED Requirements\n${requirement('Login', 'A')}`;
    expect(
      mergeDeltas({ capability: 'auth', change: 'add-x', delta: `## Purpose\nWhy.\n\n${added}`, current: undefined }).text,
    ).toBe(`# auth Specification\n\n## Purpose\nWhy.\n\n## Requirements\n\n${requirement('Login', 'A')}`);
    expect(mergeDeltas({ capability: 'auth', change: 'add-x', delta: added, current: undefined }).text).toContain(
      'TBD - created by archiving change add-x.',
    );
    expect(
      mergeDeltas({ capability: 'auth', change: 'c', delta: added.replace('ADDED', 'MODIFIED'), current: undefined }).conflicts,
    ).toHaveLength(1);
  });

  it('changes nothing when it is done again', () => {
    const delta = `## ADDED Requirements\n${requirement('New', 'A')}\n## REMOVED Requirements\n### Requirement: Logout\n## RENAMED Requirements\nFROM: ### Requirement: Login\nTO: ### Requirement: Sign-in\n`;
    const once = merged(delta).text;
    const again = mergeDeltas({ capability: 'auth', change: 'add-x', delta, current: once });
    expect(again.text).toBe(once);
    expect(again.counts).toEqual({ added: 0, modified: 0, removed: 0, renamed: 0 });
    expect(again.notes).toHaveLength(3);
  });

  it.each([
    ['a name added twice', `## ADDED Requirements\n${requirement('A', 'x')}\n${requirement('A', 'x')}`],
    ['both added and removed', `## ADDED Requirements\n${requirement('A', 'x')}\n## REMOVED Requirements\n### Requirement: A`],
    [
      'both modified and removed',
      `## MODIFIED Requirements\n${requirement('Login', 'x')}\n## REMOVED Requirements\n### Requirement: Login`,
    ],
    [
      'renamed and removed',
      '## RENAMED Requirements\nFROM: ### Requirement: Login\nTO: ### Requirement: B\n## REMOVED Requirements\n### Requirement: login',
    ],
    [
      'a rename without its other half',
      '## RENAMED Requirements\nFROM: ### Requirement: Login\nFROM: ### Requirement: Logout\nTO: ### Requirement: B',
    ],
    ['a rename of nothing', '## RENAMED Requirements\nFROM: ### Requirement: Gone\nTO: ### Requirement: B'],
    ['a rename to what is there', '## RENAMED Requirements\nFROM: ### Requirement: Login\nTO: ### Requirement: Logout'],
    ['what is there with other words', `## ADDED Requirements\n${requirement('Login', 'x')}`],
    ['nothing at all', '## ADDED Requirements\n\nSoon.'],
  ])('refuses %s', (_, delta) => {
    expect(conflictsOf(delta).length).toBeGreaterThan(0);
  });

  it('refuses a living spec that hides requirements', () => {
    expect(
      conflictsOf(`## ADDED Requirements\n${requirement('New', 'A')}`, `${SPEC}\n${requirement('Hidden', 'A')}`)[0],
    ).toContain('stands outside');
  });

  it('keeps every requirement that the delta does not name', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 12 });
    const property = fc.property(names, fc.nat(11), (all, at) => {
      const current = `# a\n\n## Purpose\nWhy.\n\n## Requirements\n\n${all.map((name) => requirement(name, 'S')).join('\n')}`;
      const gone = all[at % all.length] ?? '';
      const { text } = merged(`## REMOVED Requirements\n### Requirement: ${gone}`, current);
      const left = [...(text ?? '').matchAll(/^### Requirement: (.*)$/gm)].map((match) => match[1]);
      expect(left).toEqual(all.filter((name) => name !== gone));
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe('conflicts between changes', () => {
  it('names the requirements that more than one change touches', () => {
    const modified = `## MODIFIED Requirements\n${requirement('Login', 'A')}`;
    const renamed = '## RENAMED Requirements\nFROM: ### Requirement: login\nTO: ### Requirement: Sign-in';
    const found = changeConflicts([
      { change: 'a', capability: 'auth', delta: modified },
      { change: 'b', capability: 'auth', delta: renamed },
      { change: 'c', capability: 'shop', delta: modified },
      { change: 'd', capability: 'auth', delta: `## ADDED Requirements\n${requirement('Other', 'A')}` },
    ]);
    expect(found).toEqual([
      {
        capability: 'auth',
        requirement: 'Login',
        touches: [
          { change: 'a', operation: 'MODIFIED', line: 2 },
          { change: 'b', operation: 'RENAMED', line: 2 },
        ],
      },
    ]);
  });
});
