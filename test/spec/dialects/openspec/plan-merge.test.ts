import { describe, expect, it } from 'vitest';

import { type OpenChange, openSpecFolder } from '../../../../src/spec/dialects/openspec/open-changes.ts';
import { type MergePlan, planMerge, progressOf } from '../../../../src/spec/dialects/openspec/plan-merge.ts';
import { interpret } from '../../../../src/spec/interpret.ts';

const SPEC = `# auth Specification

## Purpose
How people prove who they are to the shop, and how long that holds.

## Requirements

### Requirement: Login
The system SHALL ask for a password.

#### Scenario: Right password
- **THEN** the door opens
`;

function requirement(name: string): string {
  return `### Requirement: ${name}\nThe system SHALL ${name}.\n\n#### Scenario: It does\n- **THEN** it holds\n`;
}

const added = (name: string): string => `## ADDED Requirements\n${requirement(name)}`;

type Files = Record<string, string>;

async function folderOf(files: Files) {
  const bundle = { root: '/shop', name: 'shop', files: Object.entries(files).map(([path, text]) => ({ path, text })) };
  const folder = openSpecFolder(bundle, (await interpret(bundle, { dialect: 'openspec' })).elements);
  if (folder === undefined) throw new Error('nothing of OpenSpec');
  return folder;
}

async function plan(files: Files, ids?: readonly string[]): Promise<MergePlan> {
  const folder = await folderOf(files);
  const chosen = ids === undefined ? folder.changes : ids.flatMap((id) => folder.changes.filter((each) => each.id === id));
  const based = chosen.flatMap((change: OpenChange) => (change.base === undefined ? [] : [{ ...change, base: change.base }]));
  return planMerge(based, { folder, date: '2026-05-01' });
}

const faults = ({ conflicts }: MergePlan): string[] => conflicts.map(({ code, file, line }) => `${code} ${file}:${line}`);

const CHANGE = 'openspec/changes/add-x';
const LIVING = { 'openspec/specs/auth/spec.md': SPEC };

describe('openSpecFolder', () => {
  it('knows open changes, their deltas, and how far they are; archived ones and folders beside are none', async () => {
    const { changes, living } = await folderOf({
      ...LIVING,
      [`${CHANGE}/tasks.md`]: '## 1. Do\n\n- [x] 1.1 One\n- [ ] 1.2 Two\n',
      [`${CHANGE}/specs/shop/cart/spec.md`]: added('Cart'),
      [`${CHANGE}/specs/auth/spec.md`]: added('Badges'),
      'openspec/changes/archive/2025-01-01-old/specs/auth/spec.md': added('Old'),
      'openspec/changes/archive/2025-01-01-old/tasks.md': '- [x] 1.1 Old\n',
    });
    expect(changes).toMatchObject([{ id: 'add-x', folder: CHANGE, base: 'openspec/', tasks: { total: 2, done: 1 } }]);
    expect(changes[0]?.deltas.map(({ capability }) => capability)).toEqual(['auth', 'shop/cart']);
    expect([...living.keys()]).toEqual(['openspec/specs/auth/spec.md']);
    expect(changes.map(progressOf)).toEqual(['1 of 2 tasks done']);
  });

  it('finds the living specs beside changes, however much of the repository the bundle is', async () => {
    const within = await folderOf({
      'specs/auth/spec.md': SPEC,
      'changes/add-x/tasks.md': '- [ ] 1.1 A\n',
      'changes/add-x/proposal.md': '',
    });
    expect(within.changes[0]?.base).toBe('');
    const alone = await folderOf({ 'proposal.md': '# X\n', 'specs/auth/spec.md': added('Badges') });
    expect(alone.changes[0]?.base).toBeUndefined();
  });
});

describe('planMerge', () => {
  it('merges into the living spec, makes new ones, and archives under the day', async () => {
    const { specs, changes, conflicts } = await plan({
      ...LIVING,
      [`${CHANGE}/specs/auth/spec.md`]: added('Badges'),
      [`${CHANGE}/specs/shop/cart/spec.md`]: `## Purpose\nWhere things lie before they are paid for, and how long they do.\n\n${added('Cart')}`,
      'openspec/changes/2025-12-24-gift/proposal.md': '# Gift\n',
    });
    expect(conflicts).toEqual([]);
    expect(specs.map(({ file, before, touched }) => [file, before === undefined, touched])).toEqual([
      ['openspec/specs/auth/spec.md', false, [{ operation: 'ADDED', requirement: 'Badges', change: 'add-x' }]],
      ['openspec/specs/shop/cart/spec.md', true, [{ operation: 'ADDED', requirement: 'Cart', change: 'add-x' }]],
    ]);
    expect(specs[0]?.after).toBe(`${SPEC}\n${requirement('Badges')}`);
    expect(specs[1]?.after).toContain('# shop/cart Specification\n\n## Purpose\nWhere things lie');
    expect(changes.map(({ archive }) => archive)).toEqual([
      'openspec/changes/archive/2025-12-24-gift',
      'openspec/changes/archive/2026-05-01-add-x',
    ]);
  });

  it('merges one change after the other, in the order in which they are named', async () => {
    const files = {
      'openspec/changes/a/specs/shop/spec.md': `## Purpose\nWhere things are sold, to whom, and for how much.\n\n${added('First')}`,
      'openspec/changes/b/specs/shop/spec.md': added('Second'),
    };
    const names = async (ids: string[]): Promise<string[]> =>
      (await plan(files, ids)).specs.flatMap(({ touched }) => touched.map((each) => each.requirement));
    expect(await names(['a', 'b'])).toEqual(['First', 'Second']);
    expect(await names(['b', 'a'])).toEqual(['Second', 'First']);
  });

  it('keeps CRLF where it rules', async () => {
    const { specs } = await plan({
      'openspec/specs/auth/spec.md': SPEC.replaceAll('\n', '\r\n'),
      [`${CHANGE}/specs/auth/spec.md`]: added('B'),
    });
    expect(specs[0]?.after).toBe(`${SPEC}\n${requirement('B')}`.replaceAll('\n', '\r\n'));
  });

  it('writes nothing where everything is there already', async () => {
    const { specs, notes } = await plan({
      'openspec/specs/auth/spec.md': `${SPEC}\n${requirement('B')}`,
      [`${CHANGE}/specs/auth/spec.md`]: added('B'),
    });
    expect(specs[0]?.touched).toEqual([]);
    expect(notes.map(({ message }) => message)).toEqual(['`B` is there already, word by word.']);
  });

  it('finds changes that touch one requirement, though each could be merged', async () => {
    const modified = `## MODIFIED Requirements\n${requirement('Login').replace('It does', 'Right password')}`;
    const files = {
      ...LIVING,
      'openspec/changes/a/specs/auth/spec.md': modified,
      'openspec/changes/b/specs/auth/spec.md': modified,
      'openspec/changes/c/specs/auth/spec.md': added('Other'),
    };
    expect(faults(await plan(files, ['a', 'b', 'c']))).toEqual([
      'OPENSPEC_CHANGES_CONFLICT openspec/changes/b/specs/auth/spec.md:2',
    ]);
    const alone = await plan(files, ['a', 'c']);
    expect(alone.conflicts).toEqual([]);
    expect(alone.notes).toMatchObject([{ change: 'b', message: 'It touches `Login` of auth too, which a changes now.' }]);
  });

  it.each([
    [
      'what is not there',
      '## MODIFIED Requirements\n### Requirement: Logout\nMUST.\n\n#### Scenario: A\n- b',
      'OPENSPEC_DELTA_UNMERGEABLE',
    ],
    ['scenarios lost', `## MODIFIED Requirements\n${requirement('Login')}`, 'OPENSPEC_SCENARIO_LOST'],
    ['no scenario', '## ADDED Requirements\n### Requirement: B\nThe system MUST.\n', 'OPENSPEC_SCENARIO_MISSING'],
    ['nothing left', '## REMOVED Requirements\n### Requirement: Login\n', 'OPENSPEC_REQUIREMENTS_MISSING'],
  ])('refuses a delta with %s', async (_, delta, code) => {
    expect(faults(await plan({ ...LIVING, [`${CHANGE}/specs/auth/spec.md`]: delta }))[0]).toContain(code);
  });

  it('refuses a spec that would be invalid as a whole', async () => {
    const bare = '# auth\n\n## Requirements\n\n### Requirement: Login\nThe system MUST.\n\n#### Scenario: A\n- b\n';
    const found = await plan({ 'openspec/specs/auth/spec.md': bare, [`${CHANGE}/specs/auth/spec.md`]: added('B') });
    expect(faults(found)).toEqual(['OPENSPEC_PURPOSE_MISSING openspec/specs/auth/spec.md:1']);
  });

  it('refuses to archive what was not merged', async () => {
    expect(faults(await plan({ ...LIVING, [`${CHANGE}/specs/auth.md`]: added('B'), [`${CHANGE}/proposal.md`]: '' }))).toEqual([
      'OPENSPEC_DELTA_MISPLACED openspec/changes/add-x/specs/auth.md:1',
    ]);
    const skipping = {
      [`${CHANGE}/.openspec.yaml`]: 'schema: spec-driven\nskip_specs: true\n',
      [`${CHANGE}/specs/auth/spec.md`]: added('B'),
    };
    expect(faults(await plan({ ...LIVING, ...skipping }))).toEqual(['OPENSPEC_DELTA_CONTRADICTS openspec/changes/add-x:1']);
    expect(faults(await plan({ ...LIVING, [`${CHANGE}/.openspec.yaml`]: 'skip_specs: true\n' }))).toEqual([
      'OPENSPEC_DELTA_CONTRADICTS openspec/changes/add-x:1',
    ]);
    const removing = { [`${CHANGE}/specs/none/spec.md`]: '## REMOVED Requirements\n\n### Requirement: A\n' };
    expect(faults(await plan({ ...LIVING, ...removing }))).toEqual([
      'OPENSPEC_REQUIREMENTS_MISSING openspec/specs/none/spec.md:1',
    ]);
    const nested = {
      'openspec/changes/mobile/login/proposal.md': '# L\n',
      'openspec/changes/mobile/login/specs/auth/spec.md': added('B'),
    };
    expect(faults(await plan({ ...LIVING, ...nested }))).toEqual(['OPENSPEC_DELTA_MISPLACED openspec/changes/mobile:1']);
  });
});
