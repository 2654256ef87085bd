import type { Readable } from 'node:stream';

import { CappedOutput } from '../capped-output.ts';
import type { ConfinedProcess } from '../sandbox/sandbox.ts';
import { endOf, lastWords, type Turn, type TurnEnd } from './turn.ts';

const MAX_OUTPUT = 16_384;

/** A plain command: gets the brief on stdin, works in its folder, and has done what it was told if it exits with 0. */
export async function execTurn(confined: ConfinedProcess, { told, redact }: Pick<Turn, 'told' | 'redact'>): Promise<TurnEnd> {
  const output = new CappedOutput(MAX_OUTPUT);
  drain(confined.stdout, output);
  // Who does not read what it is told closes the pipe under us; that is its right.
  confined.stdin.on('error', () => undefined);
  confined.stdin.end(told);
  const { ok, how } = await endOf(confined);
  if (ok) return { end: 'done' };
  return { end: 'failed', reason: `It ${how}${lastWords(confined.stderr() || output.text(), redact)}` };
}

function drain(stream: Readable, into: CappedOutput): void {
  stream.on('data', (chunk: Buffer) => into.add(chunk));
  stream.on('error', () => undefined);
}
