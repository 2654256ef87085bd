import { homedir } from 'node:os';

import { findProgram, type Machine } from '../../../src/runtime/qa/runners/machine.ts';

/** The machine that tests run on. */
export const THIS_MACHINE: Machine = { path: process.env['PATH'] ?? '', home: homedir() };

/** Whether a tool that does not come with us is here. */
export function isHere(program: string): boolean {
  return findProgram(program, THIS_MACHINE) !== undefined;
}
