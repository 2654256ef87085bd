import type { MissionModel } from '../model/mission-model.ts';
import type { MonitorTask } from '../model/monitor-task.ts';
import { selectedTask } from './selection.ts';
import type { SteerWord } from './steer-word.ts';
import type { ViewState } from './view-state.ts';

type Asked = SteerWord | 'retryAll' | 'cancelAll';

interface Situation {
  model: MissionModel;
  view: ViewState;
}

/** A question to be answered first, or why there is nothing to ask. */
type Question = { word: SteerWord; task?: MonitorTask; question: string } | { refused: string };

/** Opens the question; where the answer could mean nothing now, says so instead. */
export function ask(asked: Asked, { model, view }: Situation): { view: ViewState } {
  const found = QUESTIONS[asked](model, selectedTask(model, view));
  if ('refused' in found) return { view: { ...view, notice: found.refused } };
  const { word, task, question } = found;
  return { view: { ...view, dialog: { word, task: task?.id, question, note: '' } } };
}

const OVER = ({ mission: { state } }: MissionModel): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled';

/** The selected task if a person is asked about it, or else the only one, or the first. */
function toDecide(model: MissionModel, task: MonitorTask | undefined): MonitorTask | undefined {
  return task !== undefined && model.asked.has(task) ? task : [...model.asked][0];
}

const QUESTIONS: Readonly<Record<Asked, (model: MissionModel, task: MonitorTask | undefined) => Question>> = {
  approve: (model, selected) => {
    const task = toDecide(model, selected);
    if (task === undefined) return { refused: 'No task waits for a person.' };
    return { word: 'approve', task, question: `Approve ${task.label}?` };
  },
  reject: (model, selected) => {
    const task = toDecide(model, selected);
    if (task === undefined) return { refused: 'No task waits for a person.' };
    return { word: 'reject', task, question: `Reject ${task.label}? It has failed then.` };
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
