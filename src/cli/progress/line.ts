import { counted } from '../../base/text.ts';
import type { Progress } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import { duration } from '../../base/times.ts';
import type { Paint } from '../screen.ts';

type TaskProgress = Extract<Progress, { type: 'task' }>;

const WORDS: Record<TaskProgress['state'], { word: string; paint: keyof Paint }> = {
  running: { word: 'start', paint: 'dim' },
  succeeded: { word: 'ok', paint: 'green' },
  cached: { word: 'cached', paint: 'green' },
  failed: { word: 'failed', paint: 'red' },
  skipped: { word: 'skipped', paint: 'yellow' },
  cancelled: { word: 'cancel', paint: 'yellow' },
  waiting: { word: 'wait', paint: 'yellow' },
  again: { word: 'again', paint: 'yellow' },
};

/** One change in one line: what it is about, what happened, to which. Scripts may rely on the first three words. */
export function progressLine(progress: Progress, paint: Paint): string {
  switch (progress.type) {
    case 'mission': {
      const word = progress.resumed ? 'resume' : 'start';
      return `${prefix('mission', word, paint.cyan)}${progress.mission}  ${oneLine(progress.title)}, ${counted(progress.total, 'task')}`;
    }
    case 'task': {
      const { word, paint: mark } = WORDS[progress.state];
      const time = progress.elapsed === undefined ? '' : `  ${paint.dim(duration(progress.elapsed))}`;
      const reason = progress.reason === undefined || progress.reason === '' ? '' : `  ${paint.dim(oneLine(progress.reason))}`;
      return `${prefix('task', word, paint[mark])}${oneLine(progress.task)}${time}${reason}`;
    }
    case 'gate': {
      const reasons = progress.reasons.map(oneLine).join('; ');
      return `${prefix('gate', progress.result, progress.result === 'pass' ? paint.green : paint.red)}${reasons}`.trimEnd();
    }
    default:
      return '';
  }
}

/** `task   ok      `: columns of 7 and 8. */
function prefix(about: string, word: string, mark: (text: string) => string): string {
  return `${about.padEnd(8)}${mark(word.padEnd(8))}`;
}
