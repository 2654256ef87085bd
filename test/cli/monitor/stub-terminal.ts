import { PassThrough, Writable } from 'node:stream';

import type { MonitorTerminal } from '../../../src/cli/monitor/terminal.ts';
import { plainPaint } from '../../../src/cli/screen.ts';

export interface StubTerminal extends MonitorTerminal {
  /** Everything written so far, and what was written since this was last asked. */
  all: () => string;
  fresh: () => string;
  type: (keys: string) => void;
  resize: (columns: number, rows: number) => void;
  /** Whether keys reach the program one by one. */
  isRaw: () => boolean;
}

/** A terminal that keeps what is written to it. */
export function stubTerminal(columns: number, rows: number, { linear = false } = {}): StubTerminal {
  let [all, seen, raw] = ['', 0, false];
  const output = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        all += chunk;
        done();
      },
    }),
    { isTTY: true, columns, rows },
  ) as unknown as NodeJS.WriteStream;
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean) => (raw = mode),
    ref() {},
    unref() {},
  });
  return {
    output,
    input: input as unknown as NodeJS.ReadStream,
    paint: plainPaint,
    unicode: true,
    linear,
    all: () => all,
    fresh() {
      const text = all.slice(seen);
      seen = all.length;
      return text;
    },
    type: (keys) => void input.write(keys),
    resize(wide, high) {
      Object.assign(output, { columns: wide, rows: high });
      output.emit('resize');
    },
    isRaw: () => raw,
  };
}
