import { progressOfEntries } from '../../runtime/app/host/progress-of-entries.ts';
import type { LogLine } from '../../runtime/app/views.ts';
import { progressLine } from '../progress/line.ts';
import type { MissionModel } from './model/mission-model.ts';
import type { MonitorTerminal } from './terminal.ts';

export interface PlainStream {
  add: (lines: readonly LogLine[]) => void;
  note: (text: string) => void;
  close: () => void;
}

/** A line for each change, on the normal screen, as `--ui stream` writes them. `press` hears what is typed meanwhile. */
export function plainStream(model: MissionModel, terminal: MonitorTerminal, press: (key: string) => void): PlainStream {
  const { output, input, paint } = terminal;
  const write = (line: string): boolean => output.write(`${line}\r\n`);
  const { id, title } = model.mission;
  const tell = progressOfEntries({ id, title, total: model.tasks.length, where: '' }, (progress) => {
    if (progress.type !== 'mission') write(progressLine(progress, paint));
  });
  const hear = (data: Buffer | string): void => {
    for (const character of String(data)) press(character === '\u0003' ? 'ctrl-c' : character);
  };
  write(paint.dim('plain stream; s goes back to the monitor, q leaves'));
  input.setRawMode(true);
  input.resume().on('data', hear);
  return {
    add(lines) {
      for (const line of lines) tell({ ...line, kind: line.entry });
    },
    note: (text) => void write(paint.yellow(text)),
    close() {
      input.off('data', hear).pause();
      input.setRawMode(false);
    },
  };
}
