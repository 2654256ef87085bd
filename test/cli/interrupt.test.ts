import { afterEach, describe, expect, it } from 'vitest';

import { type Interrupt, takeInterrupts } from '../../src/cli/interrupt.ts';

let interrupt: Interrupt;
afterEach(() => interrupt.dispose());

/** Hands a signal to our own handlers without sending one. */
function signal(name: 'SIGINT' | 'SIGTERM'): void {
  process.emit(name, name);
}

describe('takeInterrupts', () => {
  it('lets tasks finish at the first Ctrl-C, stops them at the second, and says so', () => {
    const notes: string[] = [];
    interrupt = takeInterrupts((text) => notes.push(text));
    expect(interrupt.drain.aborted).toBe(false);
    signal('SIGINT');
    expect([interrupt.drain.aborted, interrupt.stop.aborted]).toEqual([true, false]);
    signal('SIGINT');
    expect(interrupt.stop.aborted).toBe(true);
    expect(notes).toEqual(['finishing running tasks, press again to stop', 'stopping; run the same command again to go on']);
  });

  it('stops at once when it is terminated', () => {
    interrupt = takeInterrupts(() => {});
    signal('SIGTERM');
    expect([interrupt.drain.aborted, interrupt.stop.aborted]).toEqual([true, true]);
  });

  it('gives the signals back', () => {
    const before = process.listenerCount('SIGINT');
    interrupt = takeInterrupts(() => {});
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    interrupt.dispose();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
