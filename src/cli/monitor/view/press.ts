import type { MissionModel } from '../model/mission-model.ts';
import { DEEDS, type Done } from './deeds.ts';
import { deedOf } from './key-table.ts';
import type { ViewState } from './view-state.ts';

/** What a key changes of the view, and what the world is to do. A pure function: nothing happens here. */
export function press(key: string, model: MissionModel, view: ViewState): Done {
  const quiet = { ...view, notice: '' };
  if (key === 'ctrl-c' || key === 'ctrl-z') return DEEDS[key === 'ctrl-c' ? 'interrupt' : 'suspend']({ model, view: quiet });
  if (view.typing !== undefined) return { view: typed(key, quiet) };
  if (view.dialog !== undefined) return answered(key, quiet);
  if (view.help !== undefined) return { view: inHelp(key, quiet, view.help) };
  const deed = deedOf(key);
  return deed === undefined ? { view: quiet } : DEEDS[deed]({ model, view: quiet });
}

function typed(key: string, view: ViewState): ViewState {
  const { typing, dialog } = view;
  if (key === 'enter') return { ...view, typing: undefined };
  if (typing === 'note' && dialog !== undefined) {
    if (key === 'esc') return { ...view, typing: undefined, dialog: { ...dialog, note: '' } };
    return { ...view, dialog: { ...dialog, note: edited(dialog.note, key) } };
  }
  if (key === 'esc') return { ...view, typing: undefined, query: '' };
  if (key === 'up' || key === 'down') return { ...view, typing: undefined };
  return { ...view, query: edited(view.query, key), top: 0 };
}

/** Characters of what somebody may type here. */
const LONGEST = 400;

function edited(text: string, key: string): string {
  if (key === 'backspace') return text.replace(/.$/su, '');
  if (key === 'ctrl-u') return '';
  const character = key === 'space' ? ' ' : key;
  return /^.$/su.test(character) && text.length < LONGEST ? text + character : text;
}

function answered(key: string, view: ViewState): Done {
  const { dialog } = view;
  if (dialog === undefined) return { view };
  const closed = { ...view, dialog: undefined };
  if (key === 'y' || key === 'enter') {
    const { word, task, about, note } = dialog;
    return {
      view: closed,
      effect:
        word === 'leave' ? { type: 'interrupt' } : { type: 'steer', word, task, ...(about === undefined ? {} : { about }), note },
    };
  }
  if (key === 'm' && dialog.word !== 'resume' && dialog.word !== 'leave') return { view: { ...view, typing: 'note' } };
  if (key === 's' && dialog.word === 'leave') return { view: closed, effect: { type: 'stream' } };
  return key === 'n' || key === 'esc' ? { view: closed } : { view };
}

function inHelp(key: string, view: ViewState, at: number): ViewState {
  const step = { down: 1, j: 1, up: -1, k: -1, pageDown: 10, space: 10, pageUp: -10 }[key];
  return { ...view, help: step === undefined ? undefined : Math.max(0, at + step) };
}
