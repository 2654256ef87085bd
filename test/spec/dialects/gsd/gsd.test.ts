import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, diagnosticOf, specOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

function plan(folder: string, number: string, ...keys: string[]): string {
  return [
    '---',
    `phase: ${folder}`,
    `plan: ${number}`,
    'type: execute',
    ...keys,
    '---',
    '',
    '<objective>',
    `Build ${folder} ${number}.`,
    '</objective>',
    '',
  ].join('\n');
}

const TASKS = [
  '<tasks>',
  '',
  '<task type="auto" tdd="true">',
  '  <name>Task 1: Lay the keel</name>',
  '  <files>src/keel.ts, `src/keel.test.ts` (new)</files>',
  '  <action>',
  '```md',
  '<task type="auto">',
  '- [ ] an example',
  '```',
  '  </action>',
  '  <acceptance_criteria>',
  '    - [ ] It is straight',
  '  </acceptance_criteria>',
  '</task>',
  '',
  '<task type="checkpoint:human-verify" gate="blocking">',
  '  <what-built>The hull</what-built>',
  '  <how-to-verify>Look</how-to-verify>',
  '</task>',
  '</tasks>',
  '',
  '<success_criteria>',
  '- [ ] It floats',
  '</success_criteria>',
  '',
].join('\n');

const ROADMAP = [
  '# Roadmap: Ship',
  '',
  '- [x] **Phase 1: Yard** - where it is built',
  '- [ ] **Phase 2: Hull** - what swims',
  '- [ ] **Phase 2.1: Paint** - inserted',
  '',
  '### Phase 1: Yard',
  '**Depends on**: Nothing (first phase)',
  'Plans:',
  '- [x] 01-01: Rent a yard',
  '',
  '### Phase 2: Hull',
  '**Depends on**: Phase 1 (the yard)',
  '**Requirements**: [HULL-01]',
  'Plans:',
  '- [ ] 02-01-PLAN.md — Keel',
  '- [ ] 02-02: Planks',
  '',
  '### Phase 2.1: Paint',
  '**Depends on**: when the hull is dry',
  '- [ ] TBD (plan it first)',
  '',
].join('\n');

const REQUIREMENTS = [
  '# Requirements',
  '',
  '## v1',
  '- [ ] **HULL-01**: It holds water out',
  '- **HULL-02**: It is long',
  '',
  '## v2',
  '- **SAIL-01**: It sails',
  '',
].join('\n');

const SHIP = {
  '.planning/PROJECT.md': '# Ship\n\n## Requirements\n\n- [x] A ship\n',
  '.planning/REQUIREMENTS.md': REQUIREMENTS,
  '.planning/ROADMAP.md': ROADMAP,
  '.planning/STATE.md': '# State\n\n- [ ] remember\n',
  '.planning/config.json': '{"mode": "yolo"}',
  '.planning/phases/02-hull/02-01-PLAN.md':
    plan(
      '02-hull',
      '01',
      'wave: 1',
      'depends_on: []',
      'files_modified: [src/keel.ts]',
      'requirements: [HULL-01]',
      'must_haves:',
      '  truths:',
      '    - "It floats upright"',
    ) + TASKS,
  '.planning/phases/02-hull/02-VERIFICATION.md': '# Verification\n\n- [x] seen\n',
};

async function read(files: Record<string, string>): Promise<Specification> {
  const spec = await specOf(files);
  expect(spec.dialect).toBe('gsd');
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element): element is WorkElement => element.kind === 'work');
}

function taskNamed(spec: Specification, sourceId: string): WorkElement | undefined {
  return tasksOf(spec).find((task) => task.sourceId === sourceId);
}

function edgesOf(spec: Specification): string[] {
  return tasksOf(spec).flatMap(({ id, needs }) => needs.map(({ task, kind }) => `${id} ${kind} ${task}`));
}

function phase(...plans: [string, string][]): Record<string, string> {
  return Object.fromEntries(plans.map(([name, text]) => [`.planning/phases/${name}-PLAN.md`, text]));
}

describe('a roadmap and its plans', async () => {
  const spec = await read(SHIP);

  it('make phases, plans and tasks, each box the one it is', () => {
    expect(tasksOf(spec).map(({ sourceId, name, status, parent }) => [sourceId, name, status, parent])).toEqual([
      ['Phase 1', 'Yard', 'done', undefined],
      ['Phase 2', 'Hull', 'todo', undefined],
      ['Phase 2.1', 'Paint', 'todo', undefined],
      ['01-01', 'Rent a yard', 'done', 'work:phase-1'],
      ['02-02', 'Planks', 'todo', 'work:phase-2'],
      ['02-01', 'Build 02-hull 01', 'todo', 'work:phase-2'],
      ['Task 1', 'Lay the keel', 'todo', 'work:02-01'],
      [undefined, 'The hull', 'todo', 'work:02-01'],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 6, subTask: 0, criterion: 5, diagnostic: 3 });
    expect(diagnosticOf(spec, 'SPEC_TEMPLATE_TEXT').line).toBe(21);
    expect(spec.title).toBe('Ship');
  });

  it('know what a task writes and whether it is a checkpoint', () => {
    expect(taskNamed(spec, 'Task 1')).toMatchObject({
      writes: ['src/keel.ts', 'src/keel.test.ts'],
      labels: ['auto', 'tdd'],
      checkpoint: false,
      milestone: 'Phase 2: Hull',
    });
    expect(tasksOf(spec).at(-1)).toMatchObject({ checkpoint: true, labels: ['checkpoint:human-verify', 'gate:blocking'] });
  });

  it('are linked to the requirements they name', () => {
    const requirements = spec.elements.filter((element): element is RequirementElement => element.kind === 'requirement');
    expect(requirements.map(({ sourceId, requirementKind, text }) => [sourceId, requirementKind, text])).toEqual([
      [undefined, 'checklist', 'A ship'],
      ['HULL-01', 'functional', 'It holds water out'],
      ['HULL-02', 'functional', 'It is long'],
      [undefined, 'criterion', 'It floats upright'],
      [undefined, 'criterion', 'It is straight'],
      [undefined, 'criterion', 'It floats'],
      [undefined, 'checklist', 'seen'],
    ]);
    expect(taskNamed(spec, '02-01')?.covers).toContain('requirement:hull-01');
    expect(taskNamed(spec, 'Phase 2')?.covers).toEqual(['requirement:hull-01']);
  });

  it('follow what phases say they depend on; sentences are reported', () => {
    expect(edgesOf(spec)).toContain('work:phase-2 explicit work:phase-1');
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_PROSE').line).toBe(20);
    expect(edgesOf(spec)).toContain('work:phase-2-1 structural work:phase-2');
    expect(spec.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

describe('depends_on', () => {
  it.each([
    ['[02-01]', '02-01'],
    ['["02-01"]', '02-01'],
    ['\n  - 02-01', '02-01'],
    ['[01]', '01'],
    ['["02-01-PLAN.md"]', '02-01-PLAN.md'],
    ['[02-hull/01]', '02-hull/01'],
  ])('%s is the first plan of the phase, and keeps its text', async (written, printed) => {
    const [head = '', ...rest] = `depends_on: ${written}`.split('\n');
    const spec = await read(
      phase(['02-hull/02-01', plan('02-hull', '01')], ['02-hull/02-02', plan('02-hull', '02', head, ...rest)]),
    );
    expect(taskNamed(spec, '02-02')?.needs).toMatchObject([
      { task: 'work:02-01', kind: 'explicit', because: `depends on ${printed}` },
    ]);
  });

  it('tells decimal phases apart, and means all of a phase by its name', async () => {
    const spec = await read(
      phase(
        ['27-a/27-01', plan('27-a', '01')],
        ['27.1-b/27.1-01', plan('27.1-b', '01', 'depends_on: [27-01]')],
        ['27.10-c/27.10-01', plan('27.10-c', '01', 'depends_on: ["27.1-01", 27-a]')],
      ),
    );
    expect(edgesOf(spec).filter((edge) => edge.includes('explicit'))).toEqual([
      'work:27-1-01 explicit work:27-01',
      'work:27-10-01 explicit work:27-1-01',
      'work:27-10-01 explicit work:27-01',
    ]);
  });

  it('reports what is not there', async () => {
    const spec = await read(phase(['02-hull/02-02', plan('02-hull', '02', 'depends_on: [02-09]')]));
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_UNKNOWN')).toMatchObject({ line: 5, severity: 'warning' });
  });
});

describe('plans', () => {
  it('of a wave run together, and wait for the wave before', async () => {
    const spec = await read(
      phase(
        ['01-a/01-01', plan('01-a', '01', 'wave: 1')],
        ['01-a/01-02', plan('01-a', '02', 'wave: 1')],
        ['01-a/01-03', plan('01-a', '03', 'wave: 2')],
      ),
    );
    expect(edgesOf(spec)).toEqual(['work:01-03 wave work:01-01', 'work:01-03 wave work:01-02']);
  });

  it('that have a summary are done, and their tasks with them', async () => {
    const spec = await read({
      ...phase(['01-a/01-01', plan('01-a', '01') + TASKS]),
      '.planning/phases/01-a/01-01-SUMMARY.md': '# Done\n',
    });
    expect(new Set(tasksOf(spec).map(({ status }) => status))).toEqual(new Set(['done']));
  });

  it('without front matter are read by their name, and files only called one are not', async () => {
    const spec = await read({
      '.planning/PLAN.md': '# Thoughts\n\n- [ ] think\n',
      '.planning/phases/03-x/03-01-PLAN.md': '# Rig it\n\n## Steps\n\n- [ ] Mast\n- [x] Boom\n',
    });
    expect(tasksOf(spec).map(({ sourceId, name, status }) => [sourceId, name, status])).toEqual([
      ['03-01', 'Rig it', 'todo'],
      [undefined, 'Mast', 'todo'],
      [undefined, 'Boom', 'done'],
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 2, criterion: 0, diagnostic: 1 });
  });

  it('may leave a task open: it ends where the next begins', async () => {
    const text =
      plan('01-a', '01') +
      ['<task type="auto">', '<name>One</name>', '<task type="auto">', '<name>Two</name>', '</task>', ''].join('\n');
    const spec = await read(phase(['01-a/01-01', text]));
    expect(tasksOf(spec).map(({ name }) => name)).toEqual(['Build 01-a 01', 'One', 'Two']);
    expect(diagnosticOf(spec, 'SPEC_TAG_OPEN').line).toBe(10);
  });

  it('are found in a phase folder, and alone', async () => {
    const text = plan('02-hull', '01', 'wave: 1') + TASKS;
    for (const path of ['02-01-PLAN.md', 'PLAN.md', 'phases/02-hull/02-01-PLAN.md'])
      expect(tasksOf(await read({ [path]: text })), path).toHaveLength(3);
    expect((await specOf({ 'specs/001-x/plan.md': text })).dialect).not.toBe('gsd');
    expect((await specOf({ 'PLAN.md': '# Plan\n\n- Component: Hull\n' })).dialect).toBe('native');
  });
});

describe('a broken plan', () => {
  it('keeps the laws and does not throw', async () => {
    const seeds = [SHIP['.planning/phases/02-hull/02-01-PLAN.md'], plan('02-hull', '02', 'wave: 2', 'depends_on: [01, 02-01]')];
    await fc.assert(
      fc.asyncProperty(mutationsOf([ROADMAP]), mutationsOf(seeds), mutationsOf(seeds), async (roadmap, one, other) => {
        const files = {
          ...SHIP,
          '.planning/ROADMAP.md': roadmap,
          '.planning/phases/02-hull/02-01-PLAN.md': one,
          '.planning/phases/02-hull/02-02-PLAN.md': other,
        };
        await checkLaws(files, 'gsd');
      }),
      { numRuns: 600 },
    );
  });
});

describe('names and numbers as people have them', () => {
  it('may end in the number of the plan', async () => {
    const spec = await read({
      '.planning/phases/12-login/12-PLAN-01.md': plan('12-login', '01') + TASKS,
      '.planning/phases/12-login/12-01-SUMMARY.md': '# Done\n',
      '.planning/phases/12-login/12-PLAN-02.md': plan('12-login', '02', "depends_on: ['12-01']"),
      '.planning/phases/12-login/12-P03-PLAN.md': plan('12-login', '03', 'depends_on: [12-P02]'),
    });
    expect(['12-01', '12-02', '12-P03'].map((id) => taskNamed(spec, id)?.status)).toEqual(['done', 'todo', 'todo']);
    expect(edgesOf(spec).filter((edge) => edge.includes(' explicit '))).toEqual([
      'work:12-02 explicit work:12-01',
      'work:12-p03 explicit work:12-02',
    ]);
  });

  it('may end in .MD', async () => {
    const spec = await read({ '.planning/phases/02-hull/02-01-PLAN.MD': plan('02-hull', '01') + TASKS });
    expect(taskNamed(spec, '02-01')?.name).toBe('Build 02-hull 01');
  });

  it('are of a day where a task belongs to no phase', async () => {
    const spec = await read({
      '.planning/quick/260404-k7z-tidy/260404-k7z-PLAN.md': plan('quick', '1'),
      '.planning/quick/260404-n0b-smoke/260404-n0b-PLAN.md': plan('quick', '2'),
    });
    expect(tasksOf(spec).map(({ sourceId }) => sourceId)).toEqual(['260404-k7z', '260404-n0b']);
    expect(spec.diagnostics.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });

  it('of milestones are none of phases', async () => {
    const roadmap = '# Roadmap\n\n## Milestone 2: Production\n\n- [ ] **Phase 2: Hull** - what swims\n';
    const spec = await read({ '.planning/ROADMAP.md': roadmap, '.planning/phases/02-hull/02-01-PLAN.md': plan('02-hull', '01') });
    expect(new Set(tasksOf(spec).map(({ milestone }) => milestone))).toEqual(new Set(['Phase 2: hull', 'Phase 2']));
  });

  it('of requirements may be headings', async () => {
    const requirements = '# Requirements\n\n## v1\n\n### HULL-07 It swims\n\nAlways.\n\n## v2\n\n### SAIL-02: It sails\n';
    const spec = await read({
      '.planning/REQUIREMENTS.md': requirements,
      '.planning/phases/02-hull/02-01-PLAN.md': plan('02-hull', '01', 'requirements: [HULL-07]'),
    });
    const found = spec.elements.filter((element): element is RequirementElement => element.kind === 'requirement');
    expect(found.map(({ sourceId, text }) => `${sourceId ?? ''} ${text}`)).toEqual(['HULL-07 It swims']);
    expect(taskNamed(spec, '02-01')?.covers).toEqual(found.map(({ id }) => id));
  });

  it('of the own phase mean the plans before', async () => {
    const spec = await read({
      '.planning/phases/02-hull/02-01-PLAN.md': plan('02-hull', '01'),
      '.planning/phases/02-hull/02-02-PLAN.md': plan('02-hull', '02', 'depends_on: ["Phase 2"]'),
    });
    expect(edgesOf(spec)).toEqual(['work:02-02 explicit work:02-01']);
    expect(spec.diagnostics.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });
});
