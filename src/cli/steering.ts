import { string } from '@oclif/core/flags';

import type { AnswerInput } from '../runtime/app/operations.ts';
import type { MissionView } from '../runtime/app/views.ts';
import { renderMissionFacts } from './render/mission.ts';
import { painted } from './render/state.ts';
import type { Screen } from './screen.ts';

/** What every TASK argument of a steering command says of itself. */
export const TASK = 'Id of a task, as `status` lists it or as the source prints it.';

export const NOTE = string({ summary: 'Why, for the log.', helpValue: 'TEXT' });

/** Which question of an agent is answered. */
export const QUESTION = string({
  summary: 'What an agent asks while it works, as `approvals list` names it: q1.',
  helpValue: 'ID',
});

/** Arguments and note as the operations take them. */
export function taskOf(
  { mission, task }: { mission: string; task?: string | undefined },
  { note, question }: { note?: string | undefined; question?: string | undefined },
): AnswerInput {
  return {
    mission,
    ...(task === undefined ? {} : { task }),
    ...(note === undefined ? {} : { note }),
    ...(question === undefined ? {} : { question }),
  };
}

/** What was done, how the mission stands now, and what to do next. */
export function renderSteered(done: string, view: MissionView, { screen, cwd }: { screen: Screen; cwd: string }): string {
  const { paint } = screen;
  const head = `${done}: mission ${view.id} is ${painted(view.state, paint)}.\n`;
  const next = view.state === 'waiting' ? `\nNext:\n  ${paint.cyan(`spec-kit resume ${view.id}`)}\n` : '';
  return `${head}${renderMissionFacts(view, screen, { cwd })}${next}`;
}
