/**
 * Our own agent as a program: the Agent Client Protocol on stdin and stdout, its model by `AGENTNEXUS_MODEL…` (model-settings.ts). What the model runs gets
 * the rest of the environment. Ends when stdin does.
 */
import { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

import { ndJsonStream } from '@agentclientprotocol/sdk';

import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { systemIds } from '../../../base/ids.ts';
import { openServer } from './choose-wire.ts';
import { MODEL_VARIABLES, readModelSettings } from './model-settings.ts';
import { modelAgent } from './serve-agent.ts';

try {
  const { model, ...server } = readModelSettings(process.env);
  const input = Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
  const app = modelAgent({
    wire: openServer(server),
    model,
    env: withoutOurs(process.env),
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
    ids: systemIds(systemClock),
  });
  await app.connect(ndJsonStream(Writable.toWeb(process.stdout), input)).closed;
} catch (error) {
  if (!(error instanceof NexusError)) throw error;
  process.stderr.write(`error[${error.code}]: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`);
  process.exitCode = error.exitCode;
}

function withoutOurs(env: NodeJS.ProcessEnv): Record<string, string> {
  const ours = new Set<string>(MODEL_VARIABLES);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined || ours.has(name) ? [] : [[name, value]])),
  );
}
