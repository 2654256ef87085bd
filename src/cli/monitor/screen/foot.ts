import { counted } from '../../../base/text.ts';
import type { MissionModel } from '../model/mission-model.ts';
import type { Deed, KeyRow } from '../view/key-table.ts';
import { KEY_TABLE } from '../view/key-table.ts';
import { selectedTask } from '../view/selection.ts';
import { keyName } from './help.ts';
import { fitted, type Line, piece, widthOf } from './line.ts';
import type { Scene } from './scene.ts';

/** A row with what is asked, was done or should be known, and a row with the keys that mean something now. */
export function footLines(scene: Scene): Line[] {
  const { columns } = scene.view;
  return [fitted([piece(' '), ...notice(scene)], columns), fitted(keysLine(scene), columns)];
}

/** The most urgent thing there is to say. */
function notice({ model, view }: Scene): Line {
  const { dialog, typing, query } = view;
  if (dialog !== undefined) {
    const note = typing === 'note' || dialog.note !== '' ? `  note: ${dialog.note}${typing === 'note' ? '_' : ''}` : '';
    return [piece(dialog.question, 'bold'), piece(note, 'yellow')];
  }
  if (typing === 'query') return [piece(`/${query}_`, 'bold')];
  if (view.notice !== '') return [piece(view.notice, 'yellow')];
  const waits = waiting(model);
  if (waits !== undefined) return [piece(waits, 'yellow')];
  const { state, reason, gate, gateReasons } = model.mission;
  if (state === 'waiting') return [piece(`waiting: ${reason ?? 'it was stopped'}`, 'yellow')];
  if (gate === 'fail') return [piece(`gate: ${gateReasons.join('; ')}`, 'red')];
  return [];
}

/** What people are asked, the first of it in words. */
function waiting({ asked, questions }: MissionModel): string | undefined {
  const [question] = questions;
  const [task] = asked;
  if (question === undefined && task === undefined) return undefined;
  const first =
    question === undefined ? `${task?.label ?? ''} must be approved by a person` : `${question.task.label} asks ${question.asks}`;
  const more = asked.size + questions.length - 1;
  return more === 0 ? first : `${first}, and ${counted(more, 'more waits', 'more wait')} for a person`;
}

const DIALOG_KEYS = 'y yes  n no  m with a note';

function keysLine(scene: Scene): Line {
  const { view } = scene;
  if (view.typing !== undefined) return [piece(' Enter takes it  Esc drops it', 'dim')];
  if (view.dialog !== undefined) {
    if (view.dialog.word === 'leave') return [piece(' y finish what runs and stop  s go on as a plain stream  n stay', 'cyan')];
    return [piece(` ${view.dialog.word === 'resume' ? 'y yes  n no' : DIALOG_KEYS}`, 'cyan')];
  }
  if (view.help !== undefined) return [piece(' Esc closes the help', 'dim')];
  const line: Line = useful(scene).flatMap(({ keys: [key = ''], deed, short = '' }) => [
    piece(` ${keyName(key)}`, 'cyan'),
    piece(` ${deed === 'shape' && view.shape === 'graph' ? 'tree' : short} `, 'dim'),
  ]);
  return widthOf(line) <= view.columns ? line : fitted(line, view.columns);
}

const ALWAYS: readonly Deed[] = ['help', 'leave', 'open', 'nextPane', 'search', 'filter', 'shape', 'stream', 'copy'];

/** First what the moment asks for. */
function useful({ model, view }: Scene): KeyRow[] {
  const task = selectedTask(model, view);
  const now: Deed[] = [];
  if (model.asked.size + model.questions.length > 0) now.push('approve', 'reject');
  if (task?.state === 'failed' || task?.state === 'cancelled') now.push('retry');
  if (model.mission.state === 'waiting') now.push('resume');
  const deeds = [...now, ...ALWAYS, ...(model.mission.state === 'running' ? (['pause'] as const) : [])];
  return deeds.flatMap((deed) => ROWS.filter((row) => row.deed === deed));
}

const ROWS = KEY_TABLE.flatMap(({ rows }) => rows);
