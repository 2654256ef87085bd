import type { Progress } from '../../runtime/app/views.ts';
import { type EventDraft, eventText } from '../document.ts';
import type { ProgressReporter } from './reporter.ts';

/** CloudEvents, one a line. */
export function eventReporter(write: (text: string) => void): ProgressReporter {
  let mission: string | undefined;
  return {
    show(progress) {
      if (progress.type === 'mission') mission = progress.mission;
      write(eventText({ ...eventOf(progress), ...(mission === undefined ? {} : { mission }) }));
    },
    note() {},
    close() {},
  };
}

function eventOf({ type: about, ...data }: Progress): EventDraft {
  if ('task' in data) return { type: `task.${data.state === 'running' ? 'started' : data.state}`, subject: data.task, data };
  if ('resumed' in data) return { type: `${about}.${data.resumed ? 'resumed' : 'started'}`, data };
  return { type: 'gate.decided', data };
}
