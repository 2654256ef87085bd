import { Readable, Transform, Writable } from 'node:stream';

import { ndJsonStream, type Stream } from '@agentclientprotocol/sdk';

import type { ConfinedProcess } from '../../sandbox/sandbox.ts';
import type { AgentDefinition } from '../agent-definition.ts';
import { endOf, lastWords, type Turn, type TurnEnd } from '../turn.ts';
import { askedActions } from './asked-actions.ts';
import { CLOSED } from './patience.ts';
import { type AcpLimits, runTurn } from './run-turn.ts';

/** Bytes of one message, and of all that an agent may say in one attempt. */
const MAX_MESSAGE = 32 * 2 ** 20;
const MAX_BYTES = 512 * 2 ** 20;

/** Milliseconds to wait for the end of a process that has closed its output: it says best why. */
const LAST_WORDS = 2_000;

/** One turn of an agent that speaks the protocol on its stdin and stdout. */
export async function acpTurn(
  confined: ConfinedProcess,
  { askMode }: Pick<AgentDefinition, 'askMode'>,
  { told, folder, tools, docket, signal, memory, redact, limits = {} }: Turn & { limits?: Partial<AcpLimits> },
): Promise<TurnEnd> {
  const died = deathOf(confined, redact);
  const end = await runTurn(
    streamOf(confined),
    {
      told,
      folder,
      tools,
      askMode,
      limits,
      memory: memory?.pass,
      permit: ({ toolCall }) => docket.permit(askedActions(toolCall, { folder, memory: memory?.scopes })),
    },
    signal,
  );
  if (end.end === 'done' || signal.aborted) return end;
  // Where the process has gone, that says more than what it did not say.
  const death = await Promise.race([died, pause(end.reason.includes(CLOSED) ? LAST_WORDS : 0)]);
  return { ...end, ...(death === undefined ? {} : { reason: death }) };
}

function streamOf({ stdin, stdout }: ConfinedProcess): Stream {
  stdin.on('error', () => undefined);
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) done(new Error('sent more than anybody reads'));
      else done(null, chunk);
    },
  });
  stdout.on('error', (error) => bounded.destroy(error));
  return ndJsonStream(Writable.toWeb(stdin), Readable.toWeb(stdout.pipe(bounded)), { maxMessageBytes: MAX_MESSAGE });
}

async function deathOf(confined: ConfinedProcess, redact: Turn['redact']): Promise<string> {
  try {
    const { how } = await endOf(confined);
    return `It ${how} before it was done${lastWords(confined.stderr(), redact)}`;
  } catch (error) {
    return `It could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), milliseconds);
  });
}
