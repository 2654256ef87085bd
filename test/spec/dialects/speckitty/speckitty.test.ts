import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareText as byText } from '../../../../src/base/text.ts';
import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { requirementCoverage } from '../../../../src/spec/requirement-coverage.ts';
import { ACCOUNTED, accountOf, diagnosticOf, placesOf, specOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

const HOME = 'kitty-specs/kiosk-01ABCDEF';

const SPEC = `# Feature Specification: Kiosk

**Status**: Draft

## User Scenarios & Testing

### User Story 1 - Buy a ticket (Priority: P1)

Somebody buys.

**Acceptance Scenarios**:

1. **Given** a screen, **When** touched,
   **Then** it wakes.

## Requirements

| ID | Requirement | Status |
|----|-------------|--------|
| FR-001 | The kiosk MUST print. | Proposed |
| NFR-001 | It prints within a second. | Proposed |
| C-001 | No cloud. | Proposed |

- **FR-002**: It MUST be quiet
  at night.

## Success Criteria

- **SC-001**: 90 % succeed.

## Traces

| FR-001 | WP01 |
`;

const TASKS = `# Tasks: Kiosk

## Subtask Index

| ID | Description | WP | Parallel |
|----|-------------|----|----------|
| T005 | Print head | WP02 | [P] |

## Phase 1: Ground

### Work Package WP01: Screen (Priority: P0) 🎯 MVP

**Dependencies**: None

- [x] T001 Draw (WP01)
- [ ] T002 [P] Touch (WP01)
- [ ] It wakes

### WP02 — Printer

**Dependencies**: WP01

## Phase 2: Cash

### WP03 — Cash

**Priority**: P1. Depends, says somebody, on a lot.

## Dependencies & Execution Order

WP03 comes last.
`;

const WP02 = `---
work_package_id: WP02
title: "Printer"
dependencies: ["WP01"]
subtasks:
  - T003
  - T004
  - T005
requirement_refs: [FR-001, FR-002]
owned_files:
  - src/printer/**
lane: planned
history:
  - timestamp: '2026-01-01'
    lane: doing
---

# Work Package Prompt: WP02 – Printer

### T004 — Paper tray

- [ ] T003 once more
- [ ] it prints

\`\`\`markdown
- [ ] an example
\`\`\`
`;

const LOG = [
  event('01A', '2026-01-01T00:00:01Z', 'WP01', 'claimed'),
  event('01C', '2026-01-01T00:00:03Z', 'WP02', 'in_progress'),
  event('01B', '2026-01-01T00:00:02Z', 'WP02', 'claimed'),
  JSON.stringify({ event_id: '01D', event_type: 'MissionCreated', payload: { mission: 'x' }, timestamp: '2026-01-01T00:00:00Z' }),
].join('\n');

const MISSION: Record<string, string> = {
  [`${HOME}/spec.md`]: SPEC,
  [`${HOME}/tasks.md`]: TASKS,
  [`${HOME}/tasks/README.md`]: '# Tasks\n\n- [ ] not one\n',
  [`${HOME}/tasks/WP02-printer.md`]: WP02,
  [`${HOME}/tasks/WP02-printer/review-cycle-1.md`]: '# Review\n\n- [ ] fix it\n',
  [`${HOME}/checklists/requirements.md`]: '# Checklist\n\n- [x] complete\n',
  [`${HOME}/status.events.jsonl`]: `${LOG}\n`,
  [`${HOME}/meta.json`]: '{"slug":"kiosk"}',
};

describe('spec-kitty', async () => {
  const spec = await specOf(MISSION);

  it('reads work packages with their sub-tasks', () => {
    expect(spec).toMatchObject({ dialect: 'speckitty', title: 'Kiosk' });
    expect(
      tasksOf(spec)
        .map(({ sourceId }) => sourceId)
        .toSorted(byPrinted),
    ).toEqual(['T001', 'T002', 'T003', 'T004', 'T005', 'WP01', 'WP02', 'WP03']);
    expect(taskOf(spec, 'T002').parent).toBe(taskOf(spec, 'WP01').id);
    expect(taskOf(spec, 'T004')).toMatchObject({ text: 'Paper tray', parent: taskOf(spec, 'WP02').id });
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('takes lanes from the log by time, and marks from boxes', () => {
    expect(['WP01', 'WP02', 'WP03', 'T001', 'T002'].map((id) => taskOf(spec, id).status)).toEqual([
      'doing',
      'doing',
      'todo',
      'done',
      'todo',
    ]);
    expect(taskOf(spec, 'T001').box).toEqual({ line: 15, column: 4 });
  });

  it('keeps what the source says of each', () => {
    expect(taskOf(spec, 'WP02')).toMatchObject({ writes: ['src/printer/**'], milestone: 'Phase 1: Ground', text: 'Printer' });
    expect(taskOf(spec, 'WP01')).toMatchObject({ priority: 'P0', text: 'Screen' });
    expect(taskOf(spec, 'WP03').priority).toBe('P1');
    expect(taskOf(spec, 'T005').text).toBe('Print head');
  });

  it('reads requirements once, with stories and scenarios', () => {
    expect(requirementsOf(spec).flatMap(({ sourceId }) => sourceId ?? [])).toEqual([
      'US1',
      'FR-001',
      'NFR-001',
      'C-001',
      'FR-002',
      'SC-001',
    ]);
    expect(requirementsOf(spec).find(({ sourceId }) => sourceId === 'FR-002')?.text).toBe('It MUST be quiet at night.');
    const story = requirementsOf(spec).find(({ sourceId }) => sourceId === 'US1');
    expect(requirementsOf(spec).find(({ requirementKind }) => requirementKind === 'scenario')).toMatchObject({
      parent: story?.id,
    });
    expect(requirementCoverage(spec.elements).covered).toBe(4);
  });

  it('makes no task of boxes that are criteria, context or examples', () => {
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 3, criterion: 3, diagnostic: 3 });
  });

  it('lets a work package of which nothing is said follow the one before, and says so', () => {
    expect(taskOf(spec, 'WP03').needs).toMatchObject([{ task: taskOf(spec, 'WP02').id, kind: 'inferred' }]);
    expect(spec.diagnostics.map(({ code }) => code)).toContain('SPEC_DEPENDENCY_UNSTATED');
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_PROSE').line).toBe(29);
  });
});

describe('dependencies', () => {
  const front = (id: string, line = ''): string =>
    `---\nwork_package_id: ${id}\ntitle: ${id}\n${line}${line === '' ? '' : '\n'}---\n\n# ${id}\n`;

  it('are what wps.yaml says, before front matter and tasks.md', async () => {
    const manifest =
      'work_packages:\n  - id: WP01\n    title: A\n    dependencies: []\n  - id: WP02\n    title: B\n    dependencies: [WP01]\n  - id: WP03\n    title: C\n';
    const spec = await specOf({
      'wps.yaml': manifest,
      'tasks/WP02-b.md': front('WP02', 'dependencies: []'),
      'tasks/WP03-c.md': front('WP03', 'dependencies: []'),
      'tasks.md': '## WP03 — C\n\n**Dependencies**: WP01\n',
    });
    expect(needsOf(spec, 'WP02')).toEqual(['WP01']);
    expect(taskOf(spec, 'WP03').needs).toEqual([]);
    expect(placesOf(spec)).toEqual([]);
    expect(taskOf(spec, 'WP02').needs[0]?.at).toEqual({ file: 'wps.yaml', line: 7 });
  });

  it.each([
    ['Depends on WP01, WP02', ['WP01', 'WP02']],
    ['**Dependencies**: WP01', ['WP01']],
    ['**Dependencies:** WP01 · **Est:** WP02 pages', ['WP01']],
    ['**Prompt**: x | Dependencies: WP01 and WP02', ['WP01', 'WP02']],
    ['**Dependencies**：WP01、WP02', ['WP01', 'WP02']],
    ['**Dependencies**: WP01-WP02', ['WP01', 'WP02']],
    ['**Dependencies**: WP02 (needs its parser). **Prompt**: `WP01-a.md`', ['WP02']],
    ['**Dependencies**: none. **Prompt**: `WP01-a.md`', []],
    ['### Dependencies\n\n- WP01\n- WP02 — the parser\n\nWP09 is no bullet.', ['WP01', 'WP02']],
    ['**Dependencies**:\n- Depends on WP01.\n- **WP02**', ['WP01', 'WP02']],
    ['### Dependencies\n\n- None (starting package).', []],
  ])('of the older tasks.md: %s', async (text, wanted) => {
    const spec = await specOf({
      'tasks.md': `# Tasks\n\n## WP01 — A\n\n**Dependencies**: none\n\n## WP02 — B\n\n**Dependencies**: none\n\n## WP03 — C\n\n${text}\n`,
    });
    expect(spec.dialect).toBe('speckitty');
    expect(needsOf(spec, 'WP03')).toEqual(wanted);
    expect(spec.diagnostics.map(({ code }) => code)).not.toContain('SPEC_DEPENDENCY_UNSTATED');
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('in prose make none, and are reported', async () => {
    const spec = await specOf({
      'tasks.md': '## WP01 — A\n\n## WP02 — B\n\n**Dependencies**: whatever WP01 leaves\n\nIt depends on WP01.\n',
    });
    expect(needsOf(spec, 'WP02')).toEqual([]);
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(['SPEC_DEPENDENCY_UNSTATED', 'SPEC_DEPENDENCY_PROSE']);
  });

  it('may lead nowhere, or in a circle', async () => {
    const spec = await specOf({
      'tasks/WP01-a.md': front('WP01', 'dependencies: [WP02, WP09]'),
      'tasks/WP02-b.md': front('WP02', 'dependencies: [WP01]'),
    });
    expect(placesOf(spec).map((place) => place.split(' ')[0])).toEqual(['SPEC_CYCLE', 'SPEC_DEPENDENCY_UNKNOWN']);
  });

  it('keep the ids of missions apart', async () => {
    const mission = (name: string): Record<string, string> => ({
      [`kitty-specs/${name}/tasks/WP01-a.md`]: front('WP01', 'dependencies: []'),
      [`kitty-specs/${name}/tasks/WP02-b.md`]: front('WP02', 'dependencies: [WP01]'),
    });
    const spec = await specOf({ ...mission('001-a'), ...mission('b-01ABCDEF'), 'README.md': '# Kiosk\n\n- [ ] box\n' });
    const [first, second, third, fourth] = tasksOf(spec);
    expect(second?.needs).toMatchObject([{ task: first?.id }]);
    expect(fourth?.needs).toMatchObject([{ task: third?.id }]);
    expect(placesOf(spec)).toEqual([]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});

describe('lanes', () => {
  const file = (lane: string): string => `---\nwork_package_id: WP01\ntitle: A\ndependencies: []\n${lane}subtasks: [T001]\n---\n`;

  it.each([
    ['approved', 'done'],
    ['for_review', 'doing'],
    ['canceled', 'cancelled'],
    ['blocked', 'todo'],
    ['limbo', 'unknown'],
  ])('%s is %s', async (lane, status) => {
    const spec = await specOf({
      'tasks/WP01-a.md': file(''),
      'status.json': JSON.stringify({ work_packages: { WP01: { lane } } }),
    });
    expect(taskOf(spec, 'WP01').status).toBe(status);
    expect(spec.diagnostics.some(({ code }) => code === 'SPEC_STATUS_UNKNOWN')).toBe(status === 'unknown');
  });

  it('of older missions are in front matter or the folder', async () => {
    expect(taskOf(await specOf({ 'tasks/WP01-a.md': file('lane: "doing"\n') }), 'WP01').status).toBe('doing');
    const spec = await specOf({ 'tasks/done/WP01-a.md': file('') });
    expect(tasksOf(spec).map(({ status }) => status)).toEqual(['done', 'done']);
  });

  it('are worked out of the boxes where nothing else says them', async () => {
    const spec = await specOf({
      'tasks.md': '## WP01 A\n\n- [x] T001 a\n- [x] T002 b\n\n## WP02 B\n\n- [x] T003 a\n- [ ] T004 b\n\n## WP03 C\n',
    });
    expect(['WP01', 'WP02', 'WP03'].map((id) => taskOf(spec, id).status)).toEqual(['done', 'doing', 'todo']);
  });

  it('survive a broken line of the log', async () => {
    const spec = await specOf({
      'tasks/WP01-a.md': file(''),
      'status.events.jsonl': `<<<<<<< HEAD\n${event('1', '1', 'WP01', 'done')}\n`,
    });
    expect(taskOf(spec, 'WP01').status).toBe('done');
    expect(placesOf(spec)).toEqual(['SPEC_STATUS_UNKNOWN 1:1']);
  });
});

describe('any file', () => {
  it.each(Object.keys(MISSION).filter((path) => !path.endsWith('.json')))(
    '%s is read without a throw, and every line accounted for',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(
          mutationsOf([MISSION[path] ?? '']),
          async (text) => void (await checkLaws({ ...MISSION, [path]: text }, 'speckitty')),
        ),
        { numRuns: 120 },
      );
    },
  );

  it('of wps.yaml may be broken', async () => {
    const seed =
      'work_packages:\n  - id: WP01\n    title: "A"\n    dependencies: []\n  - id: WP02\n    dependencies:\n      - WP01\n    subtasks: [T001]\n';
    await fc.assert(
      fc.asyncProperty(
        mutationsOf([seed]),
        async (text) => void (await checkLaws({ 'wps.yaml': text, 'tasks.md': TASKS }, 'speckitty')),
      ),
      { numRuns: 200 },
    );
  });
});

function event(event_id: string, at: string, wp_id: string, to_lane: string): string {
  return JSON.stringify({ event_id, at, wp_id, from_lane: 'planned', to_lane, actor: 'somebody' });
}

function byPrinted(a: string | undefined, b: string | undefined): number {
  return byText(a ?? '', b ?? '');
}

function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element) => element.kind === 'work');
}

function requirementsOf(spec: Specification): RequirementElement[] {
  return spec.elements.filter((element) => element.kind === 'requirement');
}

function taskOf(spec: Specification, printed: string): WorkElement {
  const found = tasksOf(spec).find(({ sourceId }) => sourceId === printed);
  if (found === undefined) throw new Error(`no task ${printed}`);
  return found;
}

function needsOf(spec: Specification, printed: string): string[] {
  const byId = new Map(tasksOf(spec).map(({ id, sourceId }) => [id, sourceId]));
  const explicit = taskOf(spec, printed).needs.filter(({ kind }) => kind === 'explicit');
  return explicit.map(({ task }) => byId.get(task) ?? '').toSorted(byText);
}

describe('as people have them', () => {
  const wp = (fields: string, body = ''): string => `---\n${fields}\n---\n\n# Work\n${body}`;
  const workIn = async (files: Record<string, string>): Promise<[string | undefined, string, string[]][]> => {
    const { elements } = await specOf(files);
    const work = elements.filter((element): element is WorkElement => element.kind === 'work');
    const printed = new Map(work.map(({ id, sourceId }) => [id, sourceId ?? '']));
    return work.map(({ sourceId, status, needs }) => [sourceId, status, needs.map(({ task }) => printed.get(task) ?? '?')]);
  };

  it('missions lie in an archive, where what is open is cancelled', async () => {
    const files = {
      'kitty-specs/archive/one/tasks/WP01-a.md': wp('work_package_id: WP01\nlane: done\ndependencies: []'),
      'kitty-specs/archive/two/tasks/WP01-b.md': wp('work_package_id: WP01\nlane: planned\ndependencies: []'),
      'kitty-specs/_done/three/tasks.md': '## WP01 — C\n\n- [ ] T001 C\n',
      'kitty-specs/four/tasks/WP01-d.md': wp('work_package_id: WP01\nlane: planned\ndependencies: []'),
    };
    expect((await workIn(files)).map(([id, status]) => [id, status])).toEqual([
      ['WP01', 'done'],
      ['WP01', 'cancelled'],
      ['WP01', 'cancelled'],
      ['T001', 'cancelled'],
      ['WP01', 'todo'],
    ]);
    expect(diagnosticOf(await specOf(files), 'SPEC_ARCHIVED_OPEN').message).toBe(
      '3 tasks of archived folders (kitty-specs/archive/two and kitty-specs/_done/three) are not done; they count as cancelled.',
    );
  });

  it('the id of a package stands in `id`, and lists stand in quotes', async () => {
    const files = {
      'kitty-specs/a/tasks/WP01-a.md': wp('work_package_id: 01KN5R6XJFRYN9B2XRA5FP2H06\nid: WP01\ndependencies: "[]"'),
      'kitty-specs/a/tasks/WP02-b.md': wp('work_package_id: WP02\ndependencies: "[WP01]"'),
      'kitty-specs/a/tasks/WP03-c.md': wp("work_package_id: WP03\ndependencies: ['WP01', WP02]"),
    };
    expect(await workIn(files)).toEqual([
      ['WP01', 'todo', []],
      ['WP02', 'todo', ['WP01']],
      ['WP03', 'todo', ['WP01', 'WP02']],
    ]);
    expect((await specOf(files)).diagnostics).toEqual([]);
  });

  it('files are named in capitals, and requirements are bold without a colon', async () => {
    const { elements } = await specOf({
      'kitty-specs/a/SPEC.md': [
        '# Specification: Story v4 — The turn',
        '### Primary flow: how the story goes',
        '1. Somebody comes.',
        '**US-1: A reader reads**',
        '- **FR-001** The page MUST load.',
      ].join('\n'),
      'kitty-specs/a/TASKS.md': '## WP01 — A\n\n- [ ] T001 A\n',
    });
    expect(elements.map((element) => [element.kind, 'sourceId' in element ? element.sourceId : undefined])).toEqual([
      ['requirement', 'US-1'],
      ['requirement', 'FR-001'],
      ['work', 'WP01'],
      ['work', 'T001'],
    ]);
  });
});
