import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Place } from '../../source-text.ts';

/** Checkboxes without an id that follow each other: one report names them all. */
export class StrayBoxes {
  readonly #diagnostics: DiagnosticList;
  #open: { at: Place; count: number; accepted: boolean } | undefined;

  constructor(diagnostics: DiagnosticList) {
    this.#diagnostics = diagnostics;
  }

  /** `accepted`: they stand in a list of acceptance, where nobody expects a task. */
  add(at: Place, accepted: boolean): void {
    if (this.#open?.accepted !== accepted) this.close();
    this.#open ??= { at, count: 0, accepted };
    this.#open.count += 1;
  }

  close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const isOne = open.count === 1;
    const boxes = isOne ? 'This checkbox' : `These ${open.count} checkboxes`;
    const criteria = isOne ? 'a criterion' : 'criteria';
    if (open.accepted) {
      const message = `${boxes} ${isOne ? 'is' : 'are'} ${criteria} of acceptance, and no task.`;
      const hint = 'Give it an id, in a phase, if it is a task.';
      this.#diagnostics.report('SPEC_CHECKBOX_ACCEPTANCE', open.at, { message, hint });
    } else {
      const message = `${boxes} among numbered tasks ${isOne ? 'has' : 'have'} no number: kept as ${criteria}, not run.`;
      const hint = 'Number it, as in `- [ ] T012 …`, if it is a task.';
      this.#diagnostics.report('SPEC_TASK_WITHOUT_ID', open.at, { message, hint });
    }
  }
}
