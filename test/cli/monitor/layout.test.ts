import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MissionModel } from '../../../src/cli/monitor/model/mission-model.ts';
import { layout } from '../../../src/cli/monitor/screen/layout.ts';
import { lineText, widthOf, wrapped } from '../../../src/cli/monitor/screen/line.ts';
import { linearLines } from '../../../src/cli/monitor/screen/linear.ts';
import { ASCII, UNICODE } from '../../../src/cli/monitor/screen/marks.ts';
import { settled } from '../../../src/cli/monitor/view/selection.ts';
import { firstView, ONLY, PANES, type ViewState } from '../../../src/cli/monitor/view/view-state.ts';
import { plainPaint } from '../../../src/cli/screen.ts';
import { displayWidth } from '../../../src/cli/table.ts';
import { idOf, line, sampleGraph, sampleModel } from './sample-mission.ts';

const NOW = Date.UTC(2026, 4, 1, 10, 1);

function screen(model: MissionModel, view: Partial<ViewState> & { columns: number; rows: number }, marks = UNICODE): string[] {
  const full = settled(model, { ...firstView(view), ...view });
  return layout({ model, view: full, marks, now: NOW, driving: false }).map((each) => lineText(each, plainPaint));
}

describe('the screen', () => {
  it('shows how the mission stands, its tasks and the log of the selected one on 80 columns and 24 rows', () => {
    const lines = screen(sampleModel(), { columns: 80, rows: 24 });
    expect(lines.map((each) => each.trimEnd()).slice(0, 14)).toEqual([
      ' Sample  running  14/40 ███████░░░░░░░░░░░░░                          P1  1m00s',
      ' ✓ 13 ok  ▶ 2 running  · 24 waiting  ✗ 1 failed      130 of 1,000 tokens  $0.13',
      '─ tree 40 tasks, following ─────────────────────────────────────────────────────',
      '    ✓ work:t00006                         0.01s  Write part 6',
      '    ✓ work:t00007                         0.01s  Write part 7',
      '    ✓ work:t00008                         0.01s  Write part 8',
      '    ✓ work:t00009                         0.01s  Write part 9',
      '    ✓ work:t00010                         0.01s  Write part 10',
      '    ✓ work:t00011                         0.01s  Write part 11',
      '    ✓ work:t00012                         0.01s  Write part 12',
      '    ✗ work:t00013                      2x 0.01s  Write part 13',
      '    ▶ work:t00014                           59s  Write part 14',
      '›   ▶ work:t00015                           59s  Write part 15',
      '─ work:t00015  [log] evidence facts ────────────────────────────────────────────',
    ]);
    expect(lines.at(-2)).toContain('work:t00016 must be approved by a person');
    expect(lines.at(-1)).toContain(' a approve  x reject ');
  });

  it('has list and detail side by side where there is room, and the reason of a failure in full', () => {
    const lines = screen(sampleModel(), { columns: 200, rows: 60, selected: idOf(13), follow: false });
    expect(lines[3]).toMatch(/^ {2}▾ Phase 1 .*│ ─ work:t00013 {2}\[log\] evidence facts ─+$/);
    expect(lines.join('\n')).toMatch(/│ \d\d:\d\d:\d\d task\.failed {2}QA_TEST_FAILED +\n.*│ {3}expected 1, got 2/);
  });

  it('draws levels with what the selected task needs and what needs it', () => {
    const lines = screen(sampleModel(), { columns: 80, rows: 24, shape: 'graph', selected: idOf(13), follow: false });
    expect(lines[3]).toMatch(/level 5 \(2\) +level 6 \(2\) +level 7 \(2\)/);
    expect(lines.slice(4, 6).map((each) => each.trimEnd())).toEqual([
      ' ✓ work:t00010             ✓ work:t00012             ▶ work:t00014',
      '◂✓ work:t00011            ›✗ work:t00013            ▸▶ work:t00015',
    ]);
  });

  it('finds and filters', () => {
    const model = sampleModel();
    const of = (view: Partial<ViewState>): string =>
      screen(model, { columns: 80, rows: 24, follow: false, ...view })
        .slice(3, 12)
        .join('\n');
    expect(of({ query: 'PART 39' })).toMatch(/Phase 1.*\n› {3}· work:t00039/);
    expect(of({ only: 'failed' })).toMatch(/Phase 1.*\n› {3}✗ work:t00013.*\n +\n/);
    expect(of({ only: 'asked' })).toMatch(/\? work:t00016/);
    expect(of({ query: 'nothing' })).toContain('No task is like that.');
  });

  it('says so where it is too small', () => {
    expect(screen(sampleModel(), { columns: 30, rows: 5 })).toEqual(
      ['running 14/40', 'needs 40x10', '', '', ''].map((text) => text.padEnd(30)),
    );
  });

  it('uses ASCII alone where a terminal has no more', () => {
    for (const shape of ['tree', 'graph'] as const) {
      expect(screen(sampleModel(), { columns: 140, rows: 40, shape }, ASCII).join('\n')).toMatch(/^[\n -~]*$/);
    }
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('\u001b[2Jx', '状态机\u202e', 'a\tb\nc', '👩‍👩‍👧 x'),
);

const view = fc.record({
  columns: fc.integer({ min: 1, max: 230 }),
  rows: fc.integer({ min: 1, max: 70 }),
  shape: fc.constantFrom('tree' as const, 'graph' as const),
  pane: fc.constantFrom(...PANES),
  focus: fc.constantFrom('list' as const, 'detail' as const),
  full: fc.boolean(),
  selected: fc.option(fc.integer({ min: 0, max: 30 }).map(idOf), { nil: undefined }),
  follow: fc.boolean(),
  top: fc.integer({ min: 0, max: 50 }),
  scroll: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
  query: fc.oneof(fc.constant(''), text),
  typing: fc.constantFrom(undefined, 'query' as const, 'note' as const),
  only: fc.constantFrom(...ONLY),
  folded: fc.constantFrom(new Set<string>(), new Set(['Phase 1'])),
  dialog: fc.option(
    fc.record({
      word: fc.constantFrom('approve' as const, 'leave' as const),
      task: fc.constant('t'),
      question: text,
      note: text,
    }),
    { nil: undefined },
  ),
  help: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
  notice: text,
});

describe('any screen', () => {
  it('is exactly as large as the terminal, and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), text, view, (titles, reason, state) => {
        const model = new MissionModel(sampleGraph(titles.length, { title: reason, taskTitle: (at) => titles[at] ?? '' }));
        model.add(line('task.started', 0, { attempt: 1 }));
        model.add(line('task.failed', 0, { attempt: 1, reason }));
        model.add(line('artifact.recorded', 0, { path: reason, evidence: { checksum: reason } }));
        const scene = { model, view: settled(model, state), marks: UNICODE, now: NOW, driving: true };
        const lines = layout(scene);
        expect(lines).toHaveLength(state.rows);
        for (const each of lines) expect(widthOf(each)).toBe(state.columns);
        const shown = [...lines, ...linearLines(scene)].map((each) => lineText(each, plainPaint)).join('');
        expect(shown).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
      }),
      { numRuns: 300 },
    );
  });

  it('breaks text into lines that fit, and loses none of it', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), (given, width) => {
        const lines = wrapped(given, width);
        const bare = (value: string): string => value.replaceAll(/\s/g, '');
        expect(bare(lines.join(''))).toBe(bare(given));
        for (const each of lines) expect(displayWidth(each)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('for screen readers', () => {
  it('is sentences about the mission and the selected task', () => {
    const model = sampleModel();
    const state = settled(model, { ...firstView({ columns: 80, rows: 24 }), selected: idOf(13), follow: false });
    const lines = linearLines({ model, view: state, marks: UNICODE, now: NOW, driving: false }).map((each) =>
      lineText(each, plainPaint),
    );
    expect(lines[0]).toBe('Sample: mission running, 40 tasks: 2 running, 13 succeeded, 1 failed and 24 waiting.');
    expect(lines[1]).toBe('Task work:t00013, failed. Row 15 of 41. Pane log.');
    expect(lines.at(-1)).toBe('Arrows select, question mark tells the keys, q leaves.');
    expect(lines.join('')).not.toMatch(/[─│█▶✗]/);
  });
});
