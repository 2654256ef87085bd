import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, diagnosticOf, specOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

const STORY = [
  '# Story 1.2: Bake the bread',
  '',
  'Status: in-progress',
  '',
  '## Story',
  'As a guest, I want bread.',
  '',
  '## Acceptance Criteria',
  '',
  '1. **Given** flour, **When** it is baked, **Then** it is bread',
  '   and it smells',
  '2. It is warm',
  '3. It is cut',
  '',
  '## Tasks / Subtasks',
  '',
  '- [x] Task 1: Knead (AC: #1, #3)',
  '  - [x] Subtask 1.1: Take flour',
  '  - [ ] Subtask 1.2: Take water (AC: 1)',
  '- [ ] Task 2: Bake (AC: #1-#3)',
  '- [ ] Serve (AC: #9)',
  '',
  '## Dev Notes',
  '',
  '```',
  '- [ ] example',
  '```',
  '',
  '### Definition of Done',
  '- [ ] Eaten',
  '',
].join('\n');

const EPICS = [
  '# Bakery - Epic Breakdown',
  '',
  '- [ ] all requirements are covered',
  '',
  '## Epic 1: Bread',
  '',
  '### Story 1.1: Build the oven',
  '',
  'As a baker, I want an oven.',
  '',
  '**Acceptance Criteria:**',
  '',
  '**Given** bricks',
  '**When** they are laid',
  '**Then** there is an oven',
  '**And** it is hot',
  '',
  '**Given** rain',
  '**Then** it stays dry',
  '',
  '### Story 1.2: Bake the bread',
  '',
  '**Prerequisites:** Story 1.1',
  '',
  '**Given** an oven **Then** bread',
  '',
  '## Epic 2: Cake',
  '',
  '### Story 2.1: Bake a cake',
  '**Prerequisites:** None',
  '',
  '### Story 2.10: Ice it',
  '**Prerequisites:** Story 2.1, Story 1.2',
  '',
  '### Story 2.2: Fill it',
  '**Prerequisites:** when story 2.1 has cooled',
  '',
].join('\n');

const SPRINT = [
  'project: Bakery',
  'development_status:',
  '  epic-1: in-progress',
  '  1-1-build-the-oven: done',
  '  1-2-bake-the-bread: done',
  '  epic-1-retrospective: optional',
  '  3-1-open-the-shop: backlog',
  '',
].join('\n');

async function read(files: Record<string, string>): Promise<Specification> {
  const spec = await specOf(files);
  expect(spec.dialect).toBe('bmad');
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element): element is WorkElement => element.kind === 'work');
}

function requirementsOf(spec: Specification): RequirementElement[] {
  return spec.elements.filter((element): element is RequirementElement => element.kind === 'requirement');
}

function story(number: string, ...lines: string[]): string {
  return [
    `# Story ${number}: Title ${number}`,
    '',
    ...lines,
    '',
    '## Acceptance Criteria',
    '1. Good',
    '',
    '## Tasks / Subtasks',
    '- [ ] Do it',
    '',
  ].join('\n');
}

describe('a story', async () => {
  const spec = await read({ '_bmad-output/implementation-artifacts/1-2-bake-the-bread.md': STORY });

  it('is a task with its tasks and their parts', () => {
    expect(tasksOf(spec).map(({ sourceId, name, status, parent }) => [sourceId, name, status, parent])).toEqual([
      ['1.2', 'Bake the bread', 'doing', undefined],
      ['Task 1', 'Knead', 'done', 'work:1-2'],
      ['Subtask 1.1', 'Take flour', 'done', 'work:1-2:task-1'],
      ['Subtask 1.2', 'Take water', 'done', 'work:1-2:task-1'],
      ['Task 2', 'Bake', 'todo', 'work:1-2'],
      [undefined, 'Serve', 'todo', 'work:1-2'],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 5, criterion: 1, diagnostic: 1 });
  });

  it('has criteria, which its tasks name by number', () => {
    expect(requirementsOf(spec).map(({ id, text, requirementKind }) => [id, text, requirementKind])).toEqual([
      ['requirement:1-2:1', 'Given flour, When it is baked, Then it is bread and it smells', 'criterion'],
      ['requirement:1-2:2', 'It is warm', 'criterion'],
      ['requirement:1-2:3', 'It is cut', 'criterion'],
      [expect.stringContaining('eaten'), 'Eaten', 'acceptance'],
    ]);
    expect(tasksOf(spec).map(({ covers }) => covers.map((id) => id.slice('requirement:1-2:'.length)))).toMatchObject([
      ['1', '2', '3', expect.any(String)],
      ['1', '3'],
      [],
      ['1'],
      ['1', '2', '3'],
      [],
    ]);
    expect(diagnosticOf(spec, 'SPEC_REQUIREMENT_UNKNOWN')).toMatchObject({ line: 21, severity: 'warning' });
  });

  it('keeps the order of its tasks', () => {
    const serve = tasksOf(spec).at(-1);
    expect(serve?.needs).toMatchObject([{ task: 'work:1-2:task-2', kind: 'structural' }]);
  });

  it.each([
    ['Status: ready-for-dev', 'todo'],
    ['**Status:** Done', 'done'],
    ['Status: review', 'doing'],
    ['## Status\n\nReady for Review', 'doing'],
    ['Status: Draft', 'todo'],
    ['No word', 'todo'],
  ])('with %s is %s', async (line, status) => {
    expect(tasksOf(await read({ 'docs/stories/1.1.story.md': story('1.1', line) }))[0]?.status).toBe(status);
  });

  it('with a status nobody knows is open', async () => {
    const odd = await read({ 'x.md': story('1.1', 'Status: simmering') });
    expect(tasksOf(odd)[0]?.status).toBe('unknown');
    expect(diagnosticOf(odd, 'SPEC_STATUS_UNKNOWN').line).toBe(3);
  });

  it('may name its criteria AC1, or box them', async () => {
    const text = [
      '# Story 1.1: A',
      '',
      '## Acceptance Criteria',
      '',
      '- [ ] **AC1:** One',
      '- [ ] AC-2: Two',
      '',
      '## Tasks',
      '- [ ] Both (ACs: all)',
      '- [ ] Second (AC2)',
      '',
    ].join('\n');
    const named = await read({ 'x.md': text });
    expect(requirementsOf(named).map(({ sourceId, text: words, box }) => [sourceId, words, box?.line])).toEqual([
      ['AC1', 'One', 5],
      ['AC2', 'Two', 6],
    ]);
    expect(tasksOf(named).map(({ covers }) => covers.length)).toEqual([2, 2, 1]);
  });
});

describe('tasks called T1', () => {
  it('have that id', async () => {
    const text = [
      '# Story 1.1: A',
      '',
      'Status: review',
      '',
      '## Acceptance Criteria',
      '1. Good',
      '',
      '## Tasks / Subtasks',
      '- [x] **T1. Make it (AC: #1)**',
      '  - [x] T1.1 A part',
      '',
    ].join('\n');
    const sprint = 'development_status:\n  1-1-a: done\n';
    const spec = await read({ 'stories/1-1-a.md': text, 'sprint-status.yaml': sprint });
    expect(tasksOf(spec).map(({ sourceId, name, status }) => [sourceId, name, status])).toEqual([
      ['1.1', 'A', 'done'],
      ['T1', 'Make it', 'done'],
      ['T1.1', 'A part', 'done'],
    ]);
    expect(diagnosticOf(spec, 'SPEC_STATUS_DISAGREES').message).toContain('taken as done');
  });
});

describe('the number of a story', () => {
  const tale = (heading: string): string =>
    `# ${heading}\n\n## Acceptance Criteria\n\n1. Warm\n\n## Tasks\n\n- [ ] Knead (AC: 1)\n`;
  const idOf = async (path: string, heading: string): Promise<(string | undefined)[]> => [
    ...new Set(wholesOf(await specOf({ [path]: tale(heading) })).map((each) => each.sourceId)),
  ];

  it.each([
    ['docs/stories/2.3.1.story.md', 'Story 2.3.1: Bake', '2.3.1'],
    ['docs/stories/5.6-4-guide.md', 'Story 5.6-4: Bake', '5.6.4'],
    ['docs/stories/6.2-p3-filter.md', 'Story 6.2-P3: Bake', '6.2.P3'],
    ['docs/stories/22.1A.md', 'Story 22.1A: Bake', '22.1A'],
    ['docs/stories/mu.md', 'Story MU-S01: Bake', 'MU-S01'],
    ['docs/stories/r.md', 'Story R.3: Bake', 'R.3'],
    ['docs/stories/e.md', 'Story E-7-S2 — Bake', 'E-7-S2'],
  ])('%s, %s', async (path, heading, id) => {
    const spec = await specOf({ [path]: tale(heading) });
    expect(spec.dialect).toBe('bmad');
    expect(await idOf(path, heading)).toEqual([id]);
    expect(wholesOf(spec).map(({ name }) => name)).toEqual(['Bake']);
  });

  it('may be in the name of a file that prints no word for story', async () => {
    const files = { 'sprint-status.yaml': 'development_status:\n', 'x/stories/CHAT-S02.md': tale('CHAT-S02 : Bake') };
    expect(wholesOf(await specOf(files)).map(({ sourceId, name }) => `${sourceId ?? ''} ${name}`)).toEqual(['CHAT-S02 Bake']);
  });

  it('is enough to know the dialect by', async () => {
    const spec = await specOf({ 'MU-S01.md': tale('MU-S01 : Knead'), 'MU-S02.md': tale('MU-S02 : Bake') });
    expect(spec.dialect).toBe('bmad');
    expect(wholesOf(spec).map(({ sourceId }) => sourceId)).toEqual(['MU-S01', 'MU-S02']);
  });

  it.each([
    ['docs/2026-04-05_story-2-8_gate.md', '# Plan'],
    ['docs/1-2-review.md', '# Code Review — Story 1.2'],
    ['docs/1-2-bread.validation-report.md', '# Validation Report: Story 1.2'],
  ])('is not in %s', async (path, heading) => {
    const files = { 'docs/1.1.story.md': tale('Story 1.1: Bake'), [path]: tale(heading.slice(2)) };
    expect(wholesOf(await specOf(files)).map(({ sourceId }) => sourceId)).toEqual(['1.1']);
  });

  it('that the sprint names a file by is that file', async () => {
    const spec = await specOf({
      'sprint-status.yaml':
        'development_status:\n  epic-1: done\n  1-2-bread: done ✅ (so)\n    1-2-1-sub: done\n  r-1-plan: done # yes: all\n',
      'out/1-2-bread.md': tale('Story 1.2: Bread'),
      'out/1-2-bread-completion.md': tale('Story 1.2: Bread, completed'),
    });
    expect(wholesOf(spec).map(({ sourceId, status, name }) => `${sourceId ?? ''} ${status} ${name}`)).toEqual([
      'R.1 done plan',
      '1.2 done Bread',
    ]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});

describe('how far a story is', () => {
  it.each([
    ['## Status: ✅ COMPLETED', 'done'],
    ['| **Statut** | DONE |', 'done'],
    ['- **Status**: ready-for-dev | **Effort**: 1 day', 'todo'],
    ['> **Statut** : IN_PROGRESS', 'doing'],
    ['Status: done # reviewed on Monday', 'done'],
  ])('%s', async (line, status) => {
    const spec = await specOf({
      's/1.1.md': `# Story 1.1: Bake\n\n${line}\n\n## Acceptance Criteria\n\n1. Warm\n\n## Tasks\n\n- [x] Knead\n`,
    });
    expect(wholesOf(spec).map((each) => each.status)).toEqual([status]);
    expect(spec.diagnostics.filter(({ code }) => code === 'SPEC_STATUS_UNKNOWN')).toEqual([]);
  });
});

describe('what a story waits for', () => {
  it.each([
    ['**Depends on:** Story 1.1 ✅ - DONE', ['1.1']],
    ['**Dependencies:** Story 1.1 (the mill) — both must be done', ['1.1']],
    ['- **Prerequisites**: Stories 1.1-1.3 completed', ['1.1', '1.2', '1.3']],
    ['**Dépendances :** Story 22.1A + Epic 1 Story 1.2', ['22.1A', '1.2']],
    ['**Dépendances :** aucune', []],
    ['**Depends on:** Story 5.6-4', ['5.6.4']],
  ])('%s', async (line, ids) => {
    const told = (heading: string, more = ''): string =>
      `# ${heading}\n\n${more}\n\n## Acceptance Criteria\n\n1. Warm\n\n## Tasks\n\n- [ ] Knead\n`;
    const numbers = ['1.1', '1.2', '1.3', '5.6-4', '22.1A'];
    const spec = await specOf({
      ...Object.fromEntries(numbers.map((id) => [`s/${id}.md`, told(`Story ${id}: S`)])),
      's/99.1.md': told('Story 99.1: Last', line),
    });
    const byId = new Map(wholesOf(spec).map(({ id, sourceId }) => [id, sourceId]));
    const last = wholesOf(spec).find(({ sourceId }) => sourceId === '99.1');
    expect(last?.needs.filter(({ kind }) => kind === 'explicit').map(({ task }) => byId.get(task))).toEqual(ids);
    expect(spec.diagnostics.filter(({ code }) => code === 'SPEC_DEPENDENCY_PROSE')).toEqual([]);
  });
});

describe('epics, stories and the sprint', async () => {
  const spec = await read({
    '_bmad-output/epics.md': EPICS,
    '_bmad-output/stories/1-2-bake-the-bread.md': STORY,
    '_bmad-output/sprint-status.yaml': SPRINT,
    '_bmad-output/prd.md': '# PRD\n\n- [ ] sign\n',
  });

  it('are one list in the order of their numbers', () => {
    const whole = tasksOf(spec).filter(({ parent }) => parent === undefined);
    expect(whole.map(({ sourceId, status, milestone }) => [sourceId, status, milestone])).toEqual([
      ['1.1', 'done', 'Epic 1: Bread'],
      ['2.1', 'todo', 'Epic 2: Cake'],
      ['2.10', 'todo', 'Epic 2: Cake'],
      ['2.2', 'todo', 'Epic 2: Cake'],
      ['1.2', 'doing', 'Epic 1: Bread'],
      ['3.1', 'todo', 'Epic 3'],
    ]);
    expect(spec.title).toBe('Bakery');
  });

  it('wait for what they name, and for those before them', () => {
    const edges = tasksOf(spec).flatMap(({ id, needs }) => needs.map(({ task, kind }) => `${id} ${kind} ${task}`));
    expect(edges).toEqual(
      expect.arrayContaining([
        'work:2-10 explicit work:2-1',
        'work:2-10 explicit work:1-2',
        'work:2-2 structural work:2-1',
        'work:2-10 structural work:2-2',
        'work:3-1 structural work:2-10',
      ]),
    );
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_PROSE').file).toBe('_bmad-output/epics.md');
  });

  it('have scenarios; the section of a story that has a file is what that is to fulfil', () => {
    const requirements = requirementsOf(spec);
    expect(
      requirements.filter(({ requirementKind }) => requirementKind === 'scenario').map(({ parent, name }) => [parent, name]),
    ).toEqual([
      ['work:1-1', 'Given bricks'],
      ['work:1-1', 'Given rain'],
      [expect.stringContaining('requirement:'), 'Given an oven Then bread'],
    ]);
    expect(requirements.find(({ requirementKind }) => requirementKind === 'story')?.sourceId).toBe('Story 1.2');
  });

  it('that disagree count as the less finished', () => {
    expect(diagnosticOf(spec, 'SPEC_STATUS_DISAGREES')).toMatchObject({
      file: '_bmad-output/sprint-status.yaml',
      line: 5,
      severity: 'warning',
    });
  });
});

describe('a bundle of BMAD', () => {
  it('is nobody else’s', async () => {
    expect((await specOf({ 'epics.md': '# Epics\n\n## Epic: all\n\n- Component: Oven\n' })).dialect).toBe('native');
    expect(
      (await specOf({ 'spec.md': '# Bakery\n\n### User Story 1 - Bread (Priority: P1)\n\n- Component: Oven\n' })).dialect,
    ).not.toBe('bmad');
  });

  it('keeps the laws when it is broken', async () => {
    await fc.assert(
      fc.asyncProperty(mutationsOf([STORY]), mutationsOf([EPICS]), mutationsOf([SPRINT]), async (one, epics, sprint) => {
        await checkLaws({ 'epics.md': epics, 'stories/1-2-bread.md': one, 'sprint-status.yaml': sprint }, 'bmad');
      }),
      { numRuns: 500 },
    );
  });
});

/** Stories, without their parts. */
function wholesOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element): element is WorkElement => element.kind === 'work' && element.parent === undefined);
}
