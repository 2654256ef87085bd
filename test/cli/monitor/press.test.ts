import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { MissionModel } from '../../../src/cli/monitor/model/mission-model.ts';
import { helpLines } from '../../../src/cli/monitor/screen/help.ts';
import { type Done, DEEDS } from '../../../src/cli/monitor/view/deeds.ts';
import { KEY_TABLE } from '../../../src/cli/monitor/view/key-table.ts';
import { panesOf } from '../../../src/cli/monitor/view/panes.ts';
import { press } from '../../../src/cli/monitor/view/press.ts';
import { levelsOf, treeRows } from '../../../src/cli/monitor/view/rows.ts';
import { selectedKey, settled } from '../../../src/cli/monitor/view/selection.ts';
import { firstView, type ViewState } from '../../../src/cli/monitor/view/view-state.ts';
import { idOf, line, sampleModel } from './sample-mission.ts';

const ROWS = KEY_TABLE.flatMap(({ rows }) => rows);

/** Presses one key after the other; what the last one has the world do. */
function type(model: MissionModel, keys: readonly string[], from: Partial<ViewState> = {}): Done {
  let done: Done = { view: settled(model, { ...firstView({ columns: 80, rows: 24 }), ...from }) };
  for (const key of keys) {
    const { view, effect } = press(key, model, done.view);
    done = { view: settled(model, view), ...(effect === undefined ? {} : { effect }) };
  }
  return done;
}

describe('the table of keys', () => {
  it('gives each key one meaning, each deed a key, and is all that the help says', () => {
    const keys = ROWS.flatMap((row) => row.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(ROWS.map(({ deed }) => deed).toSorted()).toEqual(Object.keys(DEEDS).toSorted());
    const help = helpLines().map((pieces) => pieces.map(({ text }) => text).join(''));
    for (const { about } of ROWS) expect(help.filter((each) => each.endsWith(about))).toHaveLength(1);
  });
});

describe('keys', () => {
  it('move the selection, and stop following', () => {
    const model = sampleModel();
    expect(selectedKey(model, type(model, []).view)).toBe(idOf(15));
    expect(type(model, ['down']).view).toMatchObject({ selected: idOf(16), follow: false });
    expect(type(model, ['G']).view.selected).toBe(idOf(39));
    expect(type(model, ['G', 'home', 'down']).view.selected).toBe(idOf(0));
    expect(type(model, ['up', 'up', '.']).view.follow).toBe(true);
    expect(type(model, ['!']).view.selected).toBe(idOf(13));
    expect(type(model, ['A']).view.selected).toBe(idOf(16));
  });

  it('walk the graph along the needs', () => {
    const model = sampleModel();
    expect(type(model, ['v', 'left']).view.selected).toBe(idOf(13));
    expect(type(model, ['v', 'left', 'right', 'right']).view.selected).toBe(idOf(17));
    expect(type(model, ['v', 'up']).view.selected).toBe(idOf(14));
  });

  it('fold milestones', () => {
    const model = sampleModel();
    const { view } = type(model, ['left']);
    expect(view.selected).toBe('#Phase 1');
    expect(treeRows(model, view)).toHaveLength(1);
    expect(treeRows(model, type(model, ['right'], view).view)).toHaveLength(41);
    // The task that was started last cannot be seen: what it is folded into is selected.
    expect(selectedKey(model, type(model, ['.'], view).view)).toBe('#Phase 1');
  });

  it('search as one types, and forget it with Esc', () => {
    const model = sampleModel();
    const { view } = type(model, ['/', 'p', 'a', 'r', 't', 'space', '1', '2', 'q', 'backspace', 'enter']);
    expect(view).toMatchObject({ query: 'part 12', typing: undefined, selected: idOf(12) });
    expect(type(model, ['esc'], view).view.query).toBe('');
    expect(type(model, ['/', 'x', 'esc']).view).toMatchObject({ query: '', typing: undefined });
  });

  it('decide nothing without a yes', () => {
    const model = sampleModel();
    const asked = type(model, ['a']);
    expect(asked.view.dialog).toMatchObject({ word: 'approve', task: idOf(16) });
    expect(asked.effect).toBeUndefined();
    expect(type(model, ['a', 'n'])).toEqual({ view: { ...type(model, []).view, dialog: undefined } });
    expect(type(model, ['a', 'y']).effect).toEqual({ type: 'steer', word: 'approve', task: idOf(16), note: '' });
    const noted = type(model, ['x', 'm', 'n', 'o', 'space', 'y', 'enter', 'y']);
    expect(noted.effect).toEqual({ type: 'steer', word: 'reject', task: idOf(16), note: 'no y' });
  });

  it('answer what an agent asks while it works, by its number', () => {
    const model = sampleModel();
    model.add(line('question.asked', 14, { question: 'q1', asks: 'to run curl a.example', expires: 'soon' }));
    model.add(line('question.asked', 15, { question: 'q2', asks: 'to write a.txt', expires: 'soon' }));
    expect(type(model, ['a']).view.dialog).toMatchObject({ about: 'q2', question: `Allow ${idOf(15)} to write a.txt?` });
    expect(type(model, ['a', 'y']).effect).toEqual({ type: 'steer', word: 'approve', task: idOf(15), about: 'q2', note: '' });
    expect(type(model, ['home', 'x', 'y']).effect).toMatchObject({ word: 'reject', task: idOf(14), about: 'q1' });
    expect(type(model, ['A', 'A', 'A']).view.selected).toBe(idOf(15));
    model.add(line('word.approve', 15, { question: 'q2', by: 'ann' }));
    expect(model.task(idOf(15))).toMatchObject({ state: 'running', approval: undefined, asking: false });
    model.add(line('task.succeeded', 14, { attempt: 1 }));
    expect([...model.questions]).toEqual([]);
    expect(type(model, ['a']).view.dialog).toMatchObject({ task: idOf(16), question: `Approve ${idOf(16)}?` });
  });

  it('ask only what can mean something', () => {
    const model = sampleModel();
    expect(type(model, ['r']).view).toMatchObject({ dialog: undefined, notice: expect.stringContaining('has not failed') });
    expect(type(model, ['!', 'r', 'y']).effect).toMatchObject({ word: 'retry', task: idOf(13) });
    expect(type(model, ['R', 'y']).effect).toMatchObject({ word: 'retry', task: undefined });
    expect(type(model, ['p', 'y']).effect).toMatchObject({ word: 'pause', task: undefined });
    expect(type(model, ['c', 'y']).effect).toMatchObject({ word: 'cancel', task: idOf(15) });
    model.add(line('mission.finished', null, { state: 'succeeded' }));
    for (const key of ['C', 'c', 'p', 'u']) expect(type(model, [key]).view.dialog, key).toBeUndefined();
  });

  it('copy the detail as text, unbroken', () => {
    const model = sampleModel();
    model.add(line('task.failed', 13, { attempt: 2, reason: `${'long '.repeat(60)}end` }));
    const { effect } = type(model, ['!', 'y']);
    expect(effect).toMatchObject({ type: 'copy', text: expect.stringContaining(`task.failed  ${'long '.repeat(60)}end`) });
  });

  it('leave whatever is open', () => {
    const model = sampleModel();
    for (const before of [[], ['?'], ['/'], ['a'], ['enter'], ['a', 'm']]) {
      expect(type(model, [...before, 'ctrl-c']).effect, before.join(' ')).toEqual({ type: 'interrupt' });
    }
  });
});

describe('any keys', () => {
  it('leave something selected that can be seen', () => {
    const key = fc.constantFrom(...ROWS.flatMap(({ keys }) => keys), 'y', 'n', '4', 'backspace', 'ctrl-u');
    const size = fc.record({ columns: fc.integer({ min: 40, max: 220 }), rows: fc.integer({ min: 10, max: 60 }) });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), size, (keys, at) => {
        const model = sampleModel(130);
        const { view } = type(model, keys, at);
        const { height } = panesOf(view).list;
        const selected = selectedKey(model, view);
        const shown =
          view.shape === 'tree'
            ? treeRows(model, view).map((row) => row.key)
            : (levelsOf(model, view)
                .find(({ tasks }) => tasks.some(({ id }) => id === selected))
                ?.tasks.map(({ id }) => id) ?? []);
        if (shown.length === 0 || height === 0) return;
        const position = shown.indexOf(selected ?? '');
        expect(position).toBeGreaterThanOrEqual(view.top);
        expect(position).toBeLessThan(view.top + Math.max(1, view.shape === 'tree' ? height : height - 1));
      }),
      { numRuns: 200 },
    );
  });
});
