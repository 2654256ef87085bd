import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareText as byText } from '../../../../src/base/text.ts';
import type { Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, diagnosticOf, placesOf, specOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

const PATH = '.beads/issues.jsonl';

const EXPORT = linesOf(
  issue('kb-1', { issue_type: 'epic', title: 'Version 1', priority: 0 }),
  issue('kb-2', { status: 'closed', priority: 1, dependencies: [on('kb-2', 'kb-1', 'parent-child')] }),
  issue('kb-3', {
    issue_type: 'bug',
    status: 'in_progress',
    description: 'It blinks.',
    design: 'Use one buffer.',
    acceptance_criteria: '- [ ] no blinking',
    labels: ['ui'],
    dependencies: [on('kb-3', 'kb-1', 'parent-child'), on('kb-3', 'kb-2', 'blocks'), on('kb-3', 'kb-4', 'related')],
  }),
  issue('kb-4', { priority: 4, dependencies: [on('kb-4', 'kb-3', 'discovered-from'), on('kb-4', 'kb-3', 'waits-for')] }),
  issue('kb-5', {
    title: 'Интерфейс',
    status: 'deferred',
    dependencies: [on('kb-5', 'kb-4', 'conditional-blocks'), on('kb-5', 'kb-99', 'blocks')],
  }),
  issue('kb-5.1', { status: 'blocked' }),
);

describe('beads', async () => {
  const spec = await specOf({
    [PATH]: EXPORT,
    '.beads/interactions.jsonl': '',
    '.beads/metadata.json': '{"database":"beads.db"}',
  });

  it('reads one task from each line', () => {
    expect(spec.dialect).toBe('beads');
    expect(tasksOf(spec).map(({ sourceId, status }) => `${sourceId ?? ''} ${status}`)).toEqual([
      'kb-1 todo',
      'kb-2 done',
      'kb-3 doing',
      'kb-4 todo',
      'kb-5 todo',
      'kb-5.1 todo',
    ]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('keeps what the source says of each', () => {
    const task = taskOf(spec, 'kb-3');
    expect(task).toMatchObject({ section: 'bug', labels: ['bug', 'ui'], source: { line: 3, endLine: 3 } });
    expect(task.details).toBe('It blinks.\n\nDesign:\nUse one buffer.\n\nAcceptance criteria:\n- [ ] no blinking');
    expect(tasksOf(spec).map(({ priority }) => priority)).toEqual(['P0', 'P1', 'P2', 'P4', 'P2', 'P2']);
  });

  it('orders by blocking dependencies only', () => {
    expect(needsOf(spec, 'kb-3', 'explicit')).toEqual(['kb-2']);
    expect(needsOf(spec, 'kb-4', 'explicit')).toEqual(['kb-3']);
    expect(needsOf(spec, 'kb-5', 'explicit')).toEqual(['kb-4']);
  });

  it('closes parents after their parts, by dependency or by dotted id', () => {
    expect(needsOf(spec, 'kb-1', 'structural')).toEqual(['kb-2', 'kb-3']);
    expect(needsOf(spec, 'kb-5', 'structural')).toEqual(['kb-5.1']);
  });

  it('names a dependency that is not there', () => {
    expect(placesOf(spec)).toEqual(['SPEC_DEPENDENCY_UNKNOWN 5:1']);
  });
});

describe('entries that are no work', () => {
  it('are counted by sort, and nobody waits for them', async () => {
    const spec = await specOf({
      [PATH]: linesOf(
        issue('kb-1', { dependencies: [on('kb-1', 'kb-2', 'blocks')] }),
        ...['event', 'event', 'message', 'agent', 'convoy'].map((issue_type, index) => issue(`kb-e${index}`, { issue_type })),
        issue('kb-2', { status: 'tombstone', deleted_at: '2026-01-01T00:00:00Z' }),
        issue('kb-3', { status: 'pinned' }),
        issue('kb-4', { is_template: true }),
        issue('kb-6', { issue_type: 'spike' }),
        '{"_type":"memory","key":"a","value":"b"}',
      ),
    });
    expect(tasksOf(spec).map(({ sourceId }) => sourceId)).toEqual(['kb-1', 'kb-6']);
    const [first] = spec.diagnostics.filter(({ code }) => code === 'SPEC_ENTRY_IGNORED').map(({ message }) => message);
    expect(first).toBe(
      '9 entries are no work: event (2), message (1), agent (1), convoy (1), tombstone (1), pinned note (1), template (1), memory (1).',
    );
    expect(placesOf(spec)).toEqual([]);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('may be all there is', async () => {
    const spec = await specOf({ '.beads/README.md': '# Issues\n\n- [ ] try it\n', '.beads/config.yaml': 'a: 1\n' });
    expect(spec.dialect).toBe('beads');
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(['SPEC_EXPORT_MISSING', 'SPEC_CONTEXT_FILE']);
    const { severity, hint } = diagnosticOf(spec, 'SPEC_EXPORT_MISSING');
    expect([severity, hint]).toEqual(['error', 'Run `bd export > .beads/issues.jsonl`, and name the folder again.']);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});

describe('files of beads', () => {
  it('may have a broken line, which is named while the others are read', async () => {
    const spec = await specOf({ [PATH]: linesOf(issue('kb-1'), '<<<<<<< HEAD', '', '[1]', issue('kb-2')) });
    expect(placesOf(spec)).toEqual(['SPEC_DOCUMENT_INVALID 2:1', 'SPEC_DOCUMENT_INVALID 4:1']);
    expect(tasksOf(spec)).toHaveLength(2);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('may have a status of the project', async () => {
    const spec = await specOf({ 'export.jsonl': issue('kb-1', { status: 'triage' }) });
    expect(spec.dialect).toBe('beads');
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(['SPEC_STATUS_UNKNOWN']);
  });

  it.each([
    ['completed', 'done'],
    ['cancelled', 'cancelled'],
    ['pending_review', 'doing'],
  ])('may have a status that other tools have: %s', async (status, meaning) => {
    const spec = await specOf({ [PATH]: issue('kb-1', { status }) });
    expect(tasksOf(spec).map((task) => task.status)).toEqual([meaning]);
    expect(placesOf(spec)).toEqual([]);
  });

  it('are read once, whatever copies lie beside them', async () => {
    const text = linesOf(issue('kb-1'), issue('kb-2'));
    const spec = await specOf({
      '.beads/backup/issues.jsonl': text,
      '.beads/beads.base.jsonl': text,
      '.beads/beads.jsonl': text,
      [PATH]: text,
    });
    expect(tasksOf(spec)).toHaveLength(2);
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => 'SPEC_DOCUMENT_IGNORED'));
  });

  it('say that issues wait for each other in a circle', async () => {
    const spec = await specOf({
      [PATH]: linesOf(issue('kb-1', { dependencies: ['kb-2'] }), issue('kb-2', { dependencies: [on('kb-2', 'kb-1', 'blocks')] })),
    });
    expect(placesOf(spec)).toEqual(['SPEC_CYCLE 1:1']);
  });

  it('are left to other dialects where there is only a log of them', async () => {
    expect((await specOf({ 'spec.md': '# Shop\n\n## Parts\n\n- Component: Till\n', '.beads/issues.jsonl': '' })).dialect).toBe(
      'native',
    );
  });
});

describe('any file', () => {
  it('is read without a throw, and every line accounted for', async () => {
    await fc.assert(
      fc.asyncProperty(mutationsOf([EXPORT]), async (text) => void (await checkLaws({ [PATH]: text }, 'beads'))),
      { numRuns: 700 },
    );
  });

  it('may hold JSON of any kind', async () => {
    const line = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({ id: fc.jsonValue(), title: fc.jsonValue(), dependencies: fc.jsonValue({ maxDepth: 3 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        async (values) => void (await checkLaws({ [PATH]: values.map((value) => JSON.stringify(value)).join('\n') }, 'beads')),
      ),
      { numRuns: 300 },
    );
  });
});

function issue(id: string, more: object = {}): string {
  return JSON.stringify({ id, title: `Issue ${id}`, status: 'open', priority: 2, issue_type: 'task', ...more });
}

function on(issue_id: string, depends_on_id: string, type: string): object {
  return { issue_id, depends_on_id, type, created_at: '2026-01-01T00:00:00Z', created_by: 'somebody' };
}

function linesOf(...lines: string[]): string {
  return `${lines.join('\n')}\n`;
}

function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element) => element.kind === 'work');
}

function taskOf(spec: Specification, printed: string): WorkElement {
  const found = tasksOf(spec).find(({ sourceId }) => sourceId === printed);
  if (found === undefined) throw new Error(`no task ${printed}`);
  return found;
}

function needsOf(spec: Specification, printed: string, wanted: string): string[] {
  const byId = new Map(tasksOf(spec).map(({ id, sourceId }) => [id, sourceId]));
  return taskOf(spec, printed)
    .needs.filter(({ kind }) => kind === wanted)
    .map(({ task }) => byId.get(task) ?? '')
    .toSorted(byText);
}
