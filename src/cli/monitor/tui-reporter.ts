import { messageOf } from '../../base/errors.ts';
import type { MissionView, Progress } from '../../runtime/app/views.ts';
import type { GoOn, ProgressReporter } from '../progress/reporter.ts';
import { streamReporter } from '../progress/stream-reporter.ts';
import type { Screen } from '../screen.ts';
import { farewell } from './farewell.ts';
import type { InkParts } from './ink/load-ink.ts';
import { MonitorSession, type Said } from './session.ts';
import type { MonitorSource } from './source.ts';
import type { MonitorTerminal } from './terminal.ts';

export interface TuiOptions {
  terminal: MonitorTerminal;
  parts: InkParts;
  /** Asks about the mission that has begun. `where`: its workspace, as progress tells it. */
  sourceOf: (mission: string, where: string) => Promise<MonitorSource>;
  pace: number;
  remote: boolean;
  interrupt: () => void;
}

/** The monitor as the progress of a command that runs a mission; it opens when there is a mission, and what was said before goes above it. */
export class TuiReporter implements ProgressReporter {
  readonly #options: TuiOptions;
  readonly #stream: ProgressReporter;
  readonly #screen: Screen;
  readonly #notes: string[] = [];
  #session: MonitorSession | undefined;
  #opening: Promise<void> | undefined;
  #isClosed = false;
  #failed = false;
  #drives = true;
  #answer: ((goOn: GoOn | undefined) => void) | undefined;

  constructor(options: TuiOptions) {
    const { output, paint } = options.terminal;
    this.#options = options;
    this.#screen = { paint, width: output.columns || 80, live: true };
    this.#stream = streamReporter((text) => void output.write(text), this.#screen);
  }

  readonly show = (progress: Progress): void => {
    this.#drives = true;
    if (progress.type === 'mission') this.#opening ??= this.#open(progress.mission, progress.workspace);
    if (this.#failed) this.#stream.show(progress);
  };

  readonly note = (text: string): void => {
    if (this.#session === undefined) this.#stream.note(text);
    else {
      this.#notes.push(text);
      this.#session.note(text);
    }
  };

  /** The last that happened may not have been read yet. */
  readonly ended = async (): Promise<void> => {
    await this.#opening;
    await this.#session?.caughtUp();
  };

  readonly close = (): void => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#answer?.(undefined);
    const session = this.#session;
    if (session === undefined) return;
    session.close();
    const last = farewell(session.store.model, this.#screen);
    this.#options.terminal.output.write(`${this.#notes.map((text) => `${this.#screen.paint.yellow(text)}\n`).join('')}${last}`);
  };

  /** Waits, where the mission waits for somebody, until that somebody wants it to go on. Undefined: it is left as it is. */
  readonly decided = async ({ state, approvals }: MissionView): Promise<GoOn | undefined> => {
    await this.#opening;
    const session = this.#session;
    if (state !== 'waiting' || session === undefined || this.#isClosed) return undefined;
    this.#drives = false;
    const { model } = session.store;
    const answer = Promise.withResolvers<GoOn | undefined>();
    this.#answer = answer.resolve;
    let wasAsked = false;
    const unsubscribe = session.store.subscribe(() => {
      wasAsked ||= model.asked.size > 0;
      if (approvals.length > 0 && wasAsked && model.asked.size === 0) answer.resolve(RESUME);
    });
    void session.left.then(
      () => answer.resolve(undefined),
      () => answer.resolve(undefined),
    );
    return answer.promise.finally(() => {
      unsubscribe();
      this.#answer = undefined;
      this.#drives = true;
    });
  };

  async #open(mission: string, where: string): Promise<void> {
    const { terminal, parts, sourceOf, pace, remote, interrupt } = this.#options;
    try {
      const source = await sourceOf(mission, where);
      const drives = (): boolean => this.#drives;
      const session = await MonitorSession.open({
        source,
        terminal,
        parts,
        pace,
        remote,
        interrupt,
        drives,
        intercept: this.#intercept,
      });
      if (this.#isClosed) session.close();
      else this.#session = session;
      session.left.catch(this.#fall);
    } catch (error) {
      this.#fall(error);
    }
  }

  /** The mission goes on without a screen: what happens is told line by line. */
  readonly #fall = (error: unknown): void => {
    this.#failed = true;
    this.#stream.note(`The monitor cannot be shown: ${messageOf(error)}`);
  };

  readonly #intercept = ({ word, task, note }: Said): boolean => {
    if (this.#answer === undefined || (word !== 'resume' && word !== 'retry')) return false;
    this.#answer({ word, task, note });
    return true;
  };
}

const RESUME: GoOn = { word: 'resume', task: undefined, note: '' };
