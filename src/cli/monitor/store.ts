import type { LogLine } from '../../runtime/app/views.ts';
import type { MissionModel } from './model/mission-model.ts';
import { layout } from './screen/layout.ts';
import { linearLines } from './screen/linear.ts';
import type { Line } from './screen/line.ts';
import type { Marks } from './screen/marks.ts';
import type { Effect } from './view/deeds.ts';
import { press } from './view/press.ts';
import { settled } from './view/selection.ts';
import { firstView, type ViewState } from './view/view-state.ts';

/** Milliseconds between two screens while entries come in: 15 a second. What somebody presses is seen at once. */
const PACE = 66;

/** Milliseconds that a notice stands. */
const NOTICE = 6_000;

export interface StoreOptions {
  model: MissionModel;
  marks: Marks;
  now: () => number;
  /** Does what the world is to do. */
  perform: (effect: Effect) => void;
  size?: { columns: number; rows: number };
  /** Lines that are read, and not looked at. */
  linear?: boolean;
  pace?: number;
}

/** What is known and what is looked at, for the screen. Entries that come close together are one change. */
export class MonitorStore {
  readonly model: MissionModel;
  driving = false;
  #view: ViewState;
  #version = 0;
  #timer: NodeJS.Timeout | undefined;
  #noticeTimer: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.model = options.model;
    this.#view = firstView(options.size ?? { columns: 80, rows: 24 });
  }

  get view(): ViewState {
    return this.#view;
  }

  // Both as React wants them: bound, and the version equal as long as nothing has changed.
  readonly version = (): number => this.#version;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The screen as it is to be now. */
  lines(): Line[] {
    const { marks, now, linear = false } = this.#options;
    const { model, driving } = this;
    this.#view = settled(model, this.#view);
    const scene = { model, view: this.#view, marks, now: now(), driving };
    return linear ? linearLines(scene) : layout(scene);
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) this.model.add(line);
    if (lines.length > 0) this.changeSoon();
  }

  press(key: string): void {
    this.#view = settled(this.model, this.#view);
    const { view, effect } = press(key, this.model, this.#view);
    this.#view = view;
    if (effect !== undefined) this.#options.perform(effect);
    this.#change();
  }

  resize(size: { columns: number; rows: number }): void {
    if (size.columns === this.#view.columns && size.rows === this.#view.rows) return;
    this.#view = { ...this.#view, ...size };
    this.#change();
  }

  /** Tells what was done or went wrong, for a while. */
  notice(notice: string): void {
    this.#view = { ...this.#view, notice };
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => {
      this.#view = { ...this.#view, notice: '' };
      this.#change();
    }, NOTICE);
    this.#change();
  }

  /** Asks before a mission that runs here is left. */
  askToLeave(): void {
    const question = 'The mission runs in this process.';
    this.#view = { ...this.#view, dialog: { word: 'leave', task: undefined, question, note: '' } };
    this.#change();
  }

  redraw(): void {
    this.#change();
  }

  changeSoon(): void {
    this.#timer ??= setTimeout(() => this.#change(), this.#options.pace ?? PACE);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#noticeTimer);
    this.#listeners.clear();
  }

  #change(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
