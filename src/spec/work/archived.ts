import { counted, listed } from '../../base/text.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import { isSettled } from './marks.ts';
import type { WorkDraft } from './work-draft.ts';

/** Above the folder of a feature or mission: it is kept for the record. */
const ARCHIVE = /(?:^|\/)[._]?(?:archived?|archives|done|completed)\/./i;
/** Folders named in a report. */
const SHOWN = 3;

function isArchived(folder: string): boolean {
  return ARCHIVE.test(folder);
}

/** What is open in an archived folder is not to be done any more: it counts as cancelled, and is reported in one line. */
export class Archive {
  readonly #open: WorkDraft[] = [];
  readonly #folders = new Set<string>();

  retire(folder: string, tasks: readonly WorkDraft[]): void {
    if (!isArchived(folder)) return;
    const open = tasks.filter(({ status }) => !isSettled(status));
    for (const task of open) task.status = 'cancelled';
    if (open.length > 0) this.#folders.add(folder.replace(/\/$/, ''));
    this.#open.push(...open);
  }

  report(diagnostics: DiagnosticList): void {
    const [first] = this.#open;
    if (first === undefined) return;
    const folders = [...this.#folders];
    const names =
      folders.length <= SHOWN ? listed(folders) : `${folders.slice(0, SHOWN).join(', ')} and ${folders.length - SHOWN} more`;
    const count = this.#open.length;
    const message = `${counted(count, 'task', 'tasks')} of archived folders (${names}) ${count === 1 ? 'is' : 'are'} not done; they count as cancelled.`;
    const hint = 'Mark them as done if they were, or move what is to be done out of the archive.';
    diagnostics.report('SPEC_ARCHIVED_OPEN', first.source, { message, hint });
  }
}
