import { messageOf } from '../../base/errors.ts';
import type { LogLine } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import { monitorApp } from './ink/app.ts';
import type { InkParts } from './ink/load-ink.ts';
import { MissionModel } from './model/mission-model.ts';
import { type PlainStream, plainStream } from './plain-stream.ts';
import { ASCII, UNICODE } from './screen/marks.ts';
import { Feed } from './feed.ts';
import type { MonitorSource } from './source.ts';
import { MonitorStore } from './store.ts';
import { copyToClipboard, type MonitorTerminal } from './terminal.ts';
import type { Effect } from './view/deeds.ts';

export type Said = Extract<Effect, { type: 'steer' }>;

export interface SessionOptions {
  source: MonitorSource;
  terminal: MonitorTerminal;
  parts: InkParts;
  /** Milliseconds between two looks at the log. */
  pace: number;
  /** The mission runs in this process: who leaves has to say what is to become of it. */
  drives: () => boolean;
  /** It runs at a control plane, and goes on there whoever leaves. */
  remote?: boolean;
  /** What Ctrl-C means while it does. */
  interrupt: () => void;
  /** Takes a word over; false leaves it to `source.steer`. */
  intercept?: (said: Said) => boolean;
  now?: () => number;
}

/** Milliseconds between two screens where nothing happens but time, while something runs. */
const SECOND = 1_000;

/** Milliseconds after which a terminal that is being resized has its size. */
const SETTLED = 100;

const HOME_AND_ERASE = '\u001b[H\u001b[J';

/** A mission on the screen, from when it is opened until somebody leaves it. The screen is given back however it ends. */
export class MonitorSession {
  readonly store: MonitorStore;
  /** Resolves when somebody leaves; rejects if the screen cannot be drawn. */
  readonly left: Promise<void>;
  readonly #options: SessionOptions;
  #isClosed = false;
  readonly #done = Promise.withResolvers<void>();
  #instance: { unmount: () => void; clear: () => void } | undefined;
  #resizing: NodeJS.Timeout | undefined;
  #feed: Feed | undefined;
  #plain: PlainStream | undefined;
  #ticking: NodeJS.Timeout | undefined;

  private constructor(model: MissionModel, options: SessionOptions) {
    this.#options = options;
    const { terminal, now = Date.now } = options;
    this.left = this.#done.promise;
    // Whoever waits for it is told; nobody has to.
    this.left.catch(() => undefined);
    this.store = new MonitorStore({
      model,
      marks: terminal.unicode ? UNICODE : ASCII,
      now,
      perform: (effect) => this.#perform(effect),
      size: { columns: terminal.output.columns || 80, rows: terminal.output.rows || 24 },
      linear: terminal.linear,
      // What is read out should not be cut short by what comes next.
      ...(terminal.linear ? { pace: SECOND } : {}),
    });
  }

  /** Opens the screen. Rejects, with nothing changed, if there is no such mission. */
  static async open(options: SessionOptions): Promise<MonitorSession> {
    const session = new MonitorSession(new MissionModel(await options.source.graph()), options);
    try {
      session.#begin();
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  /** Gives the screen back. May be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#feed?.close();
    clearInterval(this.#ticking);
    clearTimeout(this.#resizing);
    this.#options.terminal.output.off('resize', this.#resized);
    process.off('uncaughtExceptionMonitor', this.#crash);
    this.#plain?.close();
    this.#unmount();
    this.store.close();
    this.#done.resolve();
  }

  /** Resolves when all that the log holds now is known here. */
  async caughtUp(): Promise<void> {
    await this.#feed?.caughtUp();
  }

  note(text: string): void {
    if (this.#plain === undefined) this.store.notice(oneLine(text));
    else this.#plain.note(text);
  }

  #begin(): void {
    const { source, pace } = this.#options;
    process.on('uncaughtExceptionMonitor', this.#crash);
    this.#options.terminal.output.on('resize', this.#resized);
    this.#mount();
    this.#ticking = setInterval(() => {
      if (this.store.model.counts.running > 0) this.store.changeSoon();
    }, SECOND);
    this.#feed = new Feed(source, {
      take: (lines) => this.#take(lines),
      trouble: (message) => this.note(message ?? 'It answers again.'),
      pace,
    });
  }

  /** Whoever tells of a crash finds the normal screen. */
  readonly #crash = (): void => this.close();

  #take(lines: readonly LogLine[]): void {
    this.store.add(lines);
    this.#plain?.add(lines);
  }

  #mount(): void {
    const { terminal, parts } = this.#options;
    const { output: stdout, input: stdin, linear, paint } = terminal;
    // Ink takes the keyboard after it has drawn, which may be a while later where a mission runs in this process: until then a key would be echoed.
    stdin.setRawMode(true);
    const instance = parts.ink.render(monitorApp(this.store, paint, parts), {
      stdout,
      stdin,
      alternateScreen: !linear,
      incrementalRendering: true,
      maxFps: 30,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
      isScreenReaderEnabled: linear,
    });
    this.#instance = instance;
    instance.waitUntilExit().catch((error: unknown) => {
      this.#done.reject(error);
      this.close();
    });
  }

  /** Draws all of it again: something else may have written here, or a line that was on its way when the terminal became narrower. */
  readonly #redraw = (): void => {
    const { terminal } = this.#options;
    if (this.#instance === undefined || terminal.linear) return;
    this.#instance.clear();
    terminal.output.write(HOME_AND_ERASE);
    this.store.redraw();
  };

  readonly #resized = (): void => {
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(this.#redraw, SETTLED);
  };

  #unmount(): void {
    const instance = this.#instance;
    this.#instance = undefined;
    if (instance === undefined) return;
    const { input, output, linear } = this.#options.terminal;
    instance.unmount();
    input.setRawMode(false);
    if (linear) output.write('\n');
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'steer':
        void this.#steer(effect);
        return;
      case 'copy': {
        const copied = copyToClipboard(effect.text, this.#options.terminal.output);
        this.store.notice(copied ? 'Copied.' : 'That is too much for a clipboard; Enter shows it alone, to be selected.');
        return;
      }
      case 'stream':
        this.#toPlain();
        return;
      case 'suspend':
        this.#suspend();
        return;
      case 'redraw':
        this.#redraw();
        return;
      case 'leave':
        this.#leave(this.#options.remote === true ? this.#options.interrupt : () => this.store.askToLeave());
        return;
      case 'interrupt':
        this.#leave(this.#options.interrupt);
        return;
      default:
        effect satisfies never;
    }
  }

  #leave(otherwise: () => void): void {
    if (this.#options.drives()) otherwise();
    else this.close();
  }

  async #steer(said: Said): Promise<void> {
    const { source, intercept } = this.#options;
    if (intercept?.(said) === true) return;
    const { word, task, about: question, note } = said;
    const about = task === undefined ? 'the mission' : oneLine(task);
    this.note(`${word} ${about}…`);
    try {
      await source.steer(word, {
        ...(task === undefined ? {} : { task }),
        ...(note === '' ? {} : { note }),
        ...(question === undefined ? {} : { question }),
      });
      this.note(`${word} ${about}: done.`);
    } catch (error) {
      this.note(messageOf(error));
    }
  }

  #toPlain(): void {
    this.#unmount();
    this.#plain = plainStream(this.store.model, this.#options.terminal, (key) => {
      if (key === 's') this.#fromPlain();
      else if (key === 'ctrl-c') this.#leave(this.#options.interrupt);
      else if (key === 'q') this.#leave(() => this.note('The mission runs in this process; Ctrl-C stops it.'));
    });
  }

  #fromPlain(): void {
    this.#plain?.close();
    this.#plain = undefined;
    this.#mount();
  }

  /** The shell's job control, which raw mode takes away: the whole job stops, and draws itself anew when it goes on. */
  #suspend(): void {
    if (process.platform === 'win32') return;
    this.#unmount();
    process.once('SIGCONT', () => {
      if (!this.#isClosed && this.#plain === undefined) this.#mount();
    });
    process.kill(0, 'SIGTSTP');
  }
}
