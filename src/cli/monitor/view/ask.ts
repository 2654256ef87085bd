import type { MissionModel } from '../model/mission-model.ts';
import type { MonitorTask, AskedQuestion } from '../model/monitor-task.ts';
import { selectedTask } from './selection.ts';
import type { SteerWord } from './steer-word.ts';
import type { ViewState } from './view-state.ts';

type Asked = SteerWord | 'retryAll' | 'cancelAll';

interface Situation {
  model: MissionModel;
  view: ViewState;
}

/** A question to be answered first, or why there is nothing to ask. */
type Question = { word: SteerWord; task?: MonitorTask; about?: string; question: string } | { refused: string };

/** Opens the question; where the answer could mean nothing now, says so instead. */
export function ask(asked: Asked, { model, view }: Situation): { view: ViewState } {
  const found = QUESTIONS[asked](model, selectedTask(model, view));
  if ('refused' in found) return { view: { ...view, notice: found.refused } };
  const { word, task, about, question } = found;
  return { view: { ...view, dialog: { word, task: task?.id, ...(about === undefined ? {} : { about }), question, note: '' } } };
}

const OVER = ({ mission: { state } }: MissionModel): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled';

/** Whether a person is asked about the task, or by its agent. */
export function waitsForPerson(model: MissionModel, task: MonitorTask): boolean {
  return task.asking || model.asked.has(task);
}

function questionOf({ questions }: MissionModel, task: MonitorTask): AskedQuestion | undefined {
  return questions.find((question) => question.task === task);
}

/** What is decided: about the selected task where it waits, or else what an agent waits for, or what was asked first. */
function toDecide(
  model: MissionModel,
  selected: MonitorTask | undefined,
): { task: MonitorTask; asked?: AskedQuestion } | undefined {
  const own = selected === undefined ? undefined : questionOf(model, selected);
  if (own !== undefined) return { task: own.task, asked: own };
  if (selected !== undefined && model.asked.has(selected)) return { task: selected };
  const [asked] = model.questions;
  if (asked !== undefined) return { task: asked.task, asked };
  const [task] = model.asked;
  return task === undefined ? undefined : { task };
}

const NOBODY_ASKS = { refused: 'Nothing waits for a person.' };

const QUESTIONS: Readonly<Record<Asked, (model: MissionModel, task: MonitorTask | undefined) => Question>> = {
  approve: (model, selected) => {
    const found = toDecide(model, selected);
    if (found === undefined) return NOBODY_ASKS;
    const { task, asked } = found;
    if (asked === undefined) return { word: 'approve', task, question: `Approve ${task.label}?` };
    return { word: 'approve', task, about: asked.id, question: `Allow ${task.label} ${asked.asks}?` };
  },
  reject: (model, selected) => {
    const found = toDecide(model, selected);
    if (found === undefined) return NOBODY_ASKS;
    const { task, asked } = found;
    if (asked === undefined) return { word: 'reject', task, question: `Reject ${task.label}? It has failed then.` };
    return { word: 'reject', task, about: asked.id, question: `Forbid ${task.label} ${asked.asks}?` };
  },
  retry: (_model, task) => {
    if (task?.state === 'failed' || task?.state === 'cancelled')
      return { word: 'retry', task, question: `Do ${task.label} again?` };
    return { refused: task === undefined ? 'No task is selected.' : `${task.label} has not failed; R does again all that has.` };
  },
  retryAll: (model) => {
    const count = model.counts.failed + model.counts.cancelled;
    if (count === 0 && model.mission.state !== 'cancelled') return { refused: 'Nothing has failed or was cancelled.' };
    return { word: 'retry', question: `Do again all that has failed or was cancelled (${count})?` };
  },
  cancel: (model, task) => {
    if (OVER(model)) return { refused: `The mission has ${model.mission.state}.` };
    if (task?.state === 'waiting' || task?.state === 'running') {
      return { word: 'cancel', task, question: `Give up ${task.label}? What needs it is skipped.` };
    }
    return {
      refused: task === undefined ? 'No task is selected; C gives up the mission.' : `${task.label} is ${task.state} already.`,
    };
  },
  cancelAll: (model) => {
    if (OVER(model)) return { refused: 'The mission is over.' };
    return { word: 'cancel', question: 'Give up the whole mission? What runs is stopped.' };
  },
  pause: (model) => {
    if (model.mission.state !== 'running') return { refused: `The mission is ${model.mission.state}.` };
    return { word: 'pause', question: 'Start nothing more of the mission?' };
  },
  resume: (model) => {
    if (OVER(model)) return { refused: 'The mission is over; r and R do again what has failed.' };
    return { word: 'resume', question: 'Run the mission on?' };
  },
};
