import { describe, expect, it } from 'vitest';

import { CLAIMS } from '../../../../src/spec/dialects/claims.ts';
import { openspec } from '../../../../src/spec/dialects/openspec/openspec.ts';
import type { Specification } from '../../../../src/spec/model.ts';
import { interpret } from '../../../../src/spec/interpret.ts';
import { requirementCoverage } from '../../../../src/spec/requirement-coverage.ts';
import { ACCOUNTED, accountOf, bundleOf, diagnosticOf, specOf } from '../../bundle-of.ts';

const PURPOSE = '## Purpose\nHow people prove who they are to the shop, and how long that holds.\n\n';
const LOGIN =
  '### Requirement: Login\nThe system SHALL ask.\n\n#### Scenario: Right\n- **WHEN** it is right\n- **THEN** it opens\n';
const SPEC = `# auth\n\n${PURPOSE}## Requirements\n\n${LOGIN}`;
const DELTA = `## ADDED Requirements\n\n${LOGIN.replace('Login', 'Two-factor login')}`;
const TASKS = '## 1. A\n- [ ] 1.1 Do it\n';

async function read(files: Record<string, string>): Promise<Specification> {
  const spec = await specOf(files);
  expect(spec.dialect).toBe('openspec');
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

/** `CODE file:line`, without what is mere information. */
function faultsOf(spec: Specification): string[] {
  return spec.diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, file, line }) => `${code} ${file.split('/').slice(-2).join('/')}:${line}`);
}

/** A living spec in its folder, and what is wrong with it. */
async function specFaults(text: string): Promise<string[]> {
  return faultsOf(await read({ 'openspec/specs/auth/spec.md': text, 'openspec/project.md': '# P\n' }));
}

async function deltaFaults(text: string, living?: string): Promise<string[]> {
  const files = { 'openspec/changes/add-x/specs/auth/spec.md': text, 'openspec/changes/add-x/tasks.md': TASKS };
  return faultsOf(await read(living === undefined ? files : { ...files, 'openspec/specs/auth/spec.md': living }));
}

describe('an OpenSpec bundle', () => {
  it.each([
    ['a repository', { 'README.md': '# R\n', 'openspec/project.md': '# P\n', 'openspec/changes/add-x/tasks.md': TASKS }],
    ['a package of a repository', { 'packages/a/openspec/changes/add-x/tasks.md': TASKS }],
    ['the folder of the tool', { 'changes/add-x/proposal.md': '# X\n', 'changes/add-x/tasks.md': TASKS }],
    ['its changes', { 'add-x/proposal.md': '# X\n', 'add-x/tasks.md': TASKS }],
    ['one change', { 'proposal.md': '# X\n', 'tasks.md': TASKS }],
    ['one change with a delta', { 'tasks.md': TASKS, 'specs/auth/spec.md': DELTA }],
    ['one task file', { 'tasks.md': TASKS }],
  ])('is known as %s', async (_, files) => {
    const spec = await read(files);
    expect(spec.elements.filter(({ kind }) => kind === 'work').map(({ sourceId }) => sourceId)).toEqual(['1.1']);
  });

  it('is known by the name of its folder, whatever is in it', async () => {
    const files = { 'specs/auth/spec.md': '# Auth\n\n- People log in\n', 'changes/add-x/plan.md': '# Plan\n' };
    expect((await interpret({ ...bundleOf(files), name: 'openspec' })).dialect).toBe('openspec');
    expect((await interpret(bundleOf(files))).dialect).not.toBe('openspec');
  });

  it.each([
    ['a change', 'openspec/changes/x', { 'explore.md': '# X\n', 'spec.md': '# Y\n' }],
    ['an archived change', 'openspec/changes/archive/2026-01-02-x', { 'proposal.md': '# X\n', 'notes.md': '# Y\n' }],
    ['the changes', 'openspec/changes', { 'x/explore.md': '# X\n', 'y/tasks.md': '- [ ] Do it\n' }],
    ['the living specs', 'openspec/specs', { 'a/spec.md': '# X\n', 'b/spec.md': '# Y\n' }],
    ['the tasks of a change', 'openspec/changes/x', { 'tasks.md': '- [ ] Do it\n' }],
  ])('is known by its place as %s', async (_, place, files) => {
    expect((await interpret({ ...bundleOf(files), root: `/shop/${place}` })).dialect).toBe('openspec');
    expect((await interpret({ ...bundleOf(files), root: `/shop/${place.replace('openspec', 'doc')}` })).dialect).not.toBe(
      'openspec',
    );
  });

  it.each([
    ['its living specs', { 'auth/spec.md': SPEC }],
    ['one living spec', { 'spec.md': SPEC }],
    ['one delta', { 'spec.md': DELTA }],
  ])('is known as %s', async (_, files) => {
    expect((await read(files)).elements.map(({ kind }) => kind)).toEqual(['requirement', 'requirement']);
  });

  it.each([
    [
      'a feature of Spec Kit',
      { 'specs/001-a/spec.md': '# Feature Specification: A\n', 'specs/001-a/tasks.md': '- [ ] T001 Do\n' },
    ],
    ['a specification of Kiro', { '.kiro/specs/a/tasks.md': '# Implementation Plan\n- [ ] 1. A\n  - [ ] 1.1 B\n' }],
    ['a plain specification', { 'spec.md': '# Shop\n\n## Parts\n- Component: A\n' }],
    ['a plan with boxes', { 'plan.md': TASKS }],
  ])('is not %s', (_, files) => {
    expect(openspec.recognises(bundleOf(files))).toBe(false);
  });

  it('claims its own folder and the metadata of its changes', () => {
    expect(
      ['openspec/config.yaml', 'a/openspec/changes/x/.openspec.yaml', 'package.json', 'src/openspec/data.json'].map((path) =>
        CLAIMS.get('openspec')?.(path),
      ),
    ).toEqual([true, true, false, false]);
  });

  it('reads requirements with their scenarios, and keeps them apart by spec and change', async () => {
    const spec = await read({
      'openspec/specs/auth/spec.md': SPEC,
      'openspec/specs/shop/cart/spec.md': SPEC,
      'openspec/changes/add-x/specs/auth/spec.md': DELTA,
    });
    expect(spec.elements.map(({ id }) => id.replace(/-[0-9a-f]{6}$/, ''))).toEqual([
      'requirement:specs-auth:login',
      'requirement:specs-auth:right-when-it-is-right',
      'requirement:specs-shop-cart:login',
      'requirement:specs-shop-cart:right-when-it-is-right',
      'requirement:add-x-specs-auth:two-factor-login',
      'requirement:add-x-specs-auth:right-when-it-is-right',
    ]);
    expect(spec.elements[5]).toMatchObject({
      requirementKind: 'scenario',
      parent: 'requirement:add-x-specs-auth:two-factor-login',
      text: 'Right: WHEN it is right THEN it opens',
    });
    expect(spec.elements[4]).toMatchObject({
      requirementKind: 'functional',
      section: 'ADDED Requirements',
      sourceId: 'Two-factor login',
    });
  });

  it('links tasks to the requirements and capabilities that they name, and to no others', async () => {
    const tasks = [
      '## 1. A',
      '- [ ] 1.1 Make the two-factor  login work',
      '- [ ] 1.2 Build `auth`',
      '- [ ] 1.3 Author of books',
      '- [ ] 1.4 Update `auth` delta spec',
      '',
    ].join('\n');
    const spec = await read({ 'tasks.md': tasks, 'specs/auth/spec.md': DELTA });
    const covers = spec.elements.flatMap((element) => (element.kind === 'work' ? [element.covers] : []));
    const login = 'requirement:specs-auth:two-factor-login';
    expect(covers).toEqual([[login], [login], [], []]);
    expect(requirementCoverage(spec.elements)).toMatchObject({ total: 1, covered: 1, tasksWithout: ['work:1-3', 'work:1-4'] });
  });

  it('takes what is open in an archived change for cancelled, and its deltas for history', async () => {
    const spec = await read({
      'openspec/changes/archive/2026-01-02-add-x/tasks.md':
        '## 1. A\n- [x] 1.1 Done\n- [ ] 1.2 Open (depends on the weather of 1.1)\n### 1.3 Heading\n',
      'openspec/changes/archive/2026-01-02-add-x/specs/auth/spec.md': DELTA,
      'openspec/changes/archive/2026-01-02-add-x/design.md': '- [ ] Is it so?\n',
      'openspec/changes/add-y/tasks.md': TASKS,
    });
    const tasks = spec.elements.flatMap((element) => (element.kind === 'work' ? [[element.id, element.status]] : []));
    expect(tasks).toEqual([
      ['work:archive-2026-01-02-add-x:1-1', 'done'],
      ['work:archive-2026-01-02-add-x:1-2', 'cancelled'],
      ['work:archive-2026-01-02-add-x:1-3', 'done'],
      ['work:add-y:1-1', 'todo'],
    ]);
    expect(spec.elements.filter(({ kind }) => kind === 'requirement')).toEqual([]);
    expect(diagnosticOf(spec, 'OPENSPEC_ARCHIVED_OPEN')).toMatchObject({ line: 3, severity: 'info' });
    expect(diagnosticOf(spec, 'SPEC_CONTEXT_FILE').message).toContain('; its checkbox is no task.');
  });

  it('keeps the tasks of changes apart', async () => {
    const spec = await read({ 'openspec/changes/add-x/tasks.md': TASKS, 'openspec/changes/add-y/tasks.md': TASKS });
    const tasks = spec.elements.flatMap((element) =>
      element.kind === 'work' ? [[element.id, element.milestone, element.needs.length]] : [],
    );
    expect(tasks).toEqual([
      ['work:add-x:1-1', 'add-x: 1. A', 0],
      ['work:add-y:1-1', 'add-y: 1. A', 0],
    ]);
  });

  it('takes boxes about acceptance in a proposal for criteria, and others for no tasks', async () => {
    const proposal = '# Add X\n\n## Why\n- [ ] because\n\n## Acceptance Criteria\n- [ ] it works\n  on Sundays too\n';
    const spec = await read({ 'proposal.md': proposal, 'tasks.md': TASKS });
    expect(spec.title).toBe('Add X');
    expect(spec.elements.find(({ kind }) => kind === 'requirement')).toMatchObject({
      requirementKind: 'acceptance',
      text: 'it works on Sundays too',
      box: { line: 7, column: 4 },
    });
    expect(spec.coverage.boxes).toEqual({ task: 1, subTask: 0, criterion: 1, diagnostic: 1 });
  });

  it('passes over what is written for agents and people', async () => {
    const spec = await read({
      'AGENTS.md': '- [ ] Not a task\n',
      'openspec/AGENTS.md': '- [ ] Nor this\n',
      'openspec/changes/add-x/tasks.md': TASKS,
      'openspec/config.yaml': 'schema: spec-driven\n',
    });
    expect(spec.coverage).toMatchObject({ notUnderstood: 0, boxes: { task: 1, diagnostic: 2 } });
  });

  it('keeps boxes of a spec as a checklist', async () => {
    const spec = await read({ 'auth/spec.md': `${SPEC}\n## Checks\n- [ ] Is it so?\n` });
    expect(spec.elements.at(-1)).toMatchObject({
      kind: 'requirement',
      requirementKind: 'checklist',
      section: 'Checks',
      text: 'Is it so?',
    });
    expect(spec.coverage.boxes).toMatchObject({ criterion: 1, diagnostic: 0 });
  });

  it('reads a task file beside the changes', async () => {
    const spec = await read({ 'openspec/config.yaml': 'a: 1\n', 'openspec/initiatives/big/tasks.md': TASKS });
    expect(spec.elements.map(({ id }) => id)).toEqual(['work:initiatives-big:1-1']);
    expect(faultsOf(spec)).toEqual([]);
  });
});

describe('the lints of living specs', () => {
  it('finds nothing wrong with a good one', async () => {
    expect(await specFaults(SPEC)).toEqual([]);
    expect(await specFaults(`\u{FEFF}${SPEC.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });

  it.each([
    ['no purpose', SPEC.replace(PURPOSE, ''), 'OPENSPEC_PURPOSE_MISSING auth/spec.md:1'],
    ['an empty purpose', SPEC.replace(PURPOSE, '## Purpose\n\n'), 'OPENSPEC_PURPOSE_MISSING auth/spec.md:3'],
    [
      'a placeholder',
      SPEC.replace(PURPOSE, '## Purpose\nTBD - created by archiving change add-x. Update Purpose after archive.\n\n'),
      'OPENSPEC_PURPOSE_BRIEF auth/spec.md:3',
    ],
    [
      'a requirement outside of its section',
      `${SPEC}\n## Notes\n\n${LOGIN.replace('Login', 'Other')}`,
      'OPENSPEC_REQUIREMENT_OUTSIDE auth/spec.md:17',
    ],
    ['a section of a delta', `${SPEC}\n## ADDED Requirements\n`, 'OPENSPEC_DELTA_IN_SPEC auth/spec.md:15'],
    ['two of a name', `${SPEC}\n${LOGIN}`, 'OPENSPEC_REQUIREMENT_REPEATED auth/spec.md:15'],
    ['no text', SPEC.replace('The system SHALL ask.\n', ''), 'OPENSPEC_REQUIREMENT_EMPTY auth/spec.md:8'],
    ['prose among them', `${SPEC}\n### Notes\n\nMore.\n\n### More\n`, 'OPENSPEC_SCENARIO_MISSING auth/spec.md:15'],
    ['two outside', `${SPEC}\n## Notes\n\n${LOGIN}\n${LOGIN}`, 'OPENSPEC_REQUIREMENT_OUTSIDE auth/spec.md:17'],
    ['some in a section of a delta', `${SPEC}\n## ADDED Requirements\n${LOGIN}`, 'OPENSPEC_DELTA_IN_SPEC auth/spec.md:15'],
    ['no scenario', SPEC.replace('#### Scenario', '- **Scenario'), 'OPENSPEC_SCENARIO_MISSING auth/spec.md:8'],
    ['an empty scenario', SPEC.replace(/- \*\*WHEN[^]*/, ''), 'OPENSPEC_SCENARIO_MISSING auth/spec.md:8'],
    ['neither SHALL nor MUST', SPEC.replace('SHALL', 'will'), 'OPENSPEC_KEYWORD_MISSING auth/spec.md:8'],
  ])('finds %s', async (_, text, fault) => {
    expect(await specFaults(text)).toEqual([fault]);
  });

  it('finds a section without requirements', async () => {
    expect(await specFaults(SPEC.replace(LOGIN, ''))).toContain('OPENSPEC_REQUIREMENTS_MISSING auth/spec.md:6');
  });

  it('finds no requirements at all', async () => {
    expect(await specFaults(`# auth\n\n${PURPOSE}`)).toContain('OPENSPEC_REQUIREMENTS_MISSING auth/spec.md:1');
  });

  it('reads requirements whose heading is in another language, and says that the tool does not', async () => {
    const spec = await read({
      'openspec/specs/auth/spec.md': SPEC.replace('### Requirement: Login', '### 需求：登录'),
      'openspec/project.md': '# P\n',
    });
    expect(spec.elements[0]).toMatchObject({ kind: 'requirement', sourceId: '登录', text: 'The system SHALL ask.' });
    expect(diagnosticOf(spec, 'OPENSPEC_HEADER_LOOSE').line).toBe(8);
  });
});

describe('the lints of changes', () => {
  it('finds a change without deltas, but for one that says that it has none', async () => {
    const files = { 'openspec/changes/add-x/proposal.md': '# X\n', 'openspec/changes/add-x/tasks.md': TASKS };
    expect(faultsOf(await read(files))).toEqual(['OPENSPEC_NO_DELTAS add-x/proposal.md:1']);
    expect(
      faultsOf(await read({ ...files, 'openspec/changes/add-x/.openspec.yaml': 'schema: spec-driven\nskip_specs: true\n' })),
    ).toEqual([]);
    for (const unheeded of ['skip_specs: true\n', 'schema: own\nskip_specs: true\n', 'skip_specs: {\n']) {
      expect(faultsOf(await read({ ...files, 'openspec/changes/add-x/.openspec.yaml': unheeded }))).toEqual([
        'OPENSPEC_DELTA_CONTRADICTS add-x/.openspec.yaml:1',
      ]);
    }
  });

  it('finds files below the specs of a change that says that it has none', async () => {
    const spec = await read({
      'openspec/changes/add-x/tasks.md': TASKS,
      'openspec/changes/add-x/.openspec.yaml': 'schema: own\nskip_specs: true\n',
      'openspec/schemas/own/schema.yaml': 'name: own\n',
      'openspec/changes/add-x/specs/note.md': 'A note.\n',
    });
    expect(faultsOf(spec)).toEqual(['OPENSPEC_DELTA_CONTRADICTS add-x/.openspec.yaml:1']);
  });

  it('takes a note below its specs for what it is', async () => {
    const files = { 'openspec/changes/add-x/tasks.md': TASKS, 'openspec/changes/add-x/specs/note.md': '# A note\n' };
    expect(faultsOf(await read(files))).toEqual(['OPENSPEC_NO_DELTAS add-x/tasks.md:1']);
    expect(faultsOf(await read({ ...files, 'openspec/changes/add-x/specs/auth/spec.md': DELTA }))).toEqual([]);
  });

  it.each([
    ['an empty delta', '## ADDED Requirements\n\nSoon.\n', 'OPENSPEC_DELTA_EMPTY auth/spec.md:1'],
    ['a delta without sections', '# Later\n', 'OPENSPEC_DELTA_EMPTY auth/spec.md:1'],
    ['a requirement outside of its sections', `${DELTA}\n## Notes\n${LOGIN}`, 'OPENSPEC_REQUIREMENT_OUTSIDE auth/spec.md:11'],
    [
      'a name that is added twice',
      `${DELTA}\n${DELTA.slice(DELTA.indexOf('###'))}`,
      'OPENSPEC_DELTA_CONTRADICTS auth/spec.md:10',
    ],
    ['no scenario', DELTA.replace('#### ', '### '), 'OPENSPEC_SCENARIO_MISSING auth/spec.md:3'],
  ])('finds %s', async (_, text, fault) => {
    expect(await deltaFaults(text)).toContain(fault);
  });

  it('finds deltas in files that the tool does not read', async () => {
    const spec = await read({ 'openspec/changes/add-x/specs/auth.md': DELTA, 'openspec/changes/add-x/tasks.md': TASKS });
    expect(faultsOf(spec)).toEqual(['OPENSPEC_DELTA_MISPLACED specs/auth.md:1']);
  });

  it('finds deltas that do not fit the living spec', async () => {
    expect(await deltaFaults(DELTA, SPEC)).toEqual([]);
    expect(await deltaFaults(DELTA.replace('ADDED', 'MODIFIED'), SPEC)).toEqual(['OPENSPEC_DELTA_UNMERGEABLE auth/spec.md:3']);
    expect(await deltaFaults(`## MODIFIED Requirements\n${LOGIN.replace('Right', 'Wrong')}`, SPEC)).toEqual([
      'OPENSPEC_SCENARIO_LOST auth/spec.md:2',
    ]);
  });

  it('finds two changes that touch one requirement', async () => {
    const delta = `## MODIFIED Requirements\n${LOGIN}`;
    const spec = await read({
      'openspec/changes/a/specs/auth/spec.md': delta,
      'openspec/changes/b/specs/auth/spec.md': delta,
      'openspec/changes/b/tasks.md': TASKS,
    });
    expect(diagnosticOf(spec, 'OPENSPEC_CHANGES_CONFLICT')).toMatchObject({
      file: 'openspec/changes/b/specs/auth/spec.md',
      line: 2,
      message: 'a (MODIFIED) and b (MODIFIED) touch `Login` of auth.',
    });
  });
});
